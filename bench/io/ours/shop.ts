// The three tools of the load, as the owner of a generated server writes them.
import * as z from 'zod';
import { tool } from '../scopes.ts';
import { checkout, getUserCart, searchProducts } from './work.ts';

const item = z.object({ product_id: z.number(), quantity: z.number() });

export const search = tool({
  name: 'search_products',
  title: 'Search products',
  description: 'Searches products of a category.',
  scopes: ['todo:read'],
  annotations: { readOnlyHint: true, destructiveHint: false, openWorldHint: false },
  input: z.object({ category: z.string(), limit: z.number() }),
  async run({ category, limit }) {
    return JSON.stringify(await searchProducts(category, limit));
  },
});

export const cart = tool({
  name: 'get_user_cart',
  title: 'Show a cart',
  description: 'Shows a cart, and what was ordered before.',
  scopes: ['todo:read'],
  annotations: { readOnlyHint: true, destructiveHint: false, openWorldHint: false },
  input: z.object({ user_id: z.string() }),
  async run({ user_id }) {
    return JSON.stringify(await getUserCart(user_id));
  },
});

export const order = tool({
  name: 'checkout',
  title: 'Order',
  description: 'Orders what is in a cart.',
  scopes: ['todo:write'],
  annotations: { readOnlyHint: false, destructiveHint: false, openWorldHint: false },
  input: z.object({ user_id: z.string(), items: z.array(item) }),
  async run({ user_id, items }) {
    return JSON.stringify(await checkout(user_id, items));
  },
});
