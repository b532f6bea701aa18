// The work of the tools, the same in every Node.js server here whatever its protocol layer: Redis and HTTP.
import { Redis } from 'ioredis';

const api = process.env.API_URL ?? '';
// Not REDIS_URL: our own server would also keep its rate limits there.
const redis = new Redis(process.env.SHOP_REDIS_URL ?? '');

interface Item {
  product_id: number;
  quantity: number;
}

interface Product {
  id: number;
  name: string;
  price: number;
  rating: number;
}

async function ask<T>(path: string, init?: RequestInit): Promise<T> {
  return (await (await fetch(`${api}${path}`, init)).json()) as T;
}

export async function searchProducts(category: string, limit: number) {
  const [found, popular] = await Promise.all([
    ask<{ products: Product[]; total_found: number }>(`/products/search?category=${category}&limit=${limit}`),
    redis.zrevrange('popular', 0, 9),
  ]);
  const ranks = new Map(popular.map((member, index) => [Number(member.split(':')[1]), index + 1]));
  const products = found.products.map((product) => ({
    ...product,
    popularity_rank: ranks.get(product.id) ?? 0,
  }));
  return { category, total_found: found.total_found, products, popular_ids: [...ranks.keys()] };
}

export async function getUserCart(user_id: string) {
  const cart = await redis.hgetall(`cart:${user_id}`);
  const items = JSON.parse(cart.items ?? '[]') as Item[];
  const [product, history] = await Promise.all([
    ask<Product>(`/products/${items[0]?.product_id ?? 1}`),
    redis.lrange(`history:${user_id}`, 0, 4),
  ]);
  const recent_history = history.map((entry) => JSON.parse(entry) as Record<string, unknown>);
  return { user_id, items, total: Number(cart.total ?? 0), first: product.name, recent_history };
}

export async function checkout(user_id: string, items: Item[]) {
  const order = JSON.stringify({ order_id: `ORD-${user_id}`, items, ts: 1_700_000_000 });
  const [calculated, count] = await Promise.all([
    ask<{ total: number }>('/cart/calculate', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ user_id, items }),
    }),
    redis.incr(`count:${user_id}`),
    redis.rpush(`history:${user_id}`, order),
    redis.zincrby('popular', 1, `product:${items[0]?.product_id ?? 1}`),
  ]);
  return { user_id, total: calculated.total, items_count: items.length, count, status: 'confirmed' };
}
