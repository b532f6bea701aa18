// The limit: a JSON call in, the work, JSON out. No protocol, no checks.
import { createServer } from 'node:http';
import { checkout, getUserCart, searchProducts } from './work.ts';

const tools = {
  search_products: ({ category, limit }) => searchProducts(category, limit),
  get_user_cart: ({ user_id }) => getUserCart(user_id),
  checkout: ({ user_id, items }) => checkout(user_id, items),
};

createServer((request, response) => {
  const chunks = [];
  request.on('data', (chunk) => chunks.push(chunk));
  request.on('end', async () => {
    const { id, params } = JSON.parse(Buffer.concat(chunks).toString('utf8'));
    const found = await tools[params.name](params.arguments);
    const result = { content: [{ type: 'text', text: JSON.stringify(found) }] };
    const body = JSON.stringify({ jsonrpc: '2.0', id, result });
    response.writeHead(200, {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(body),
    });
    response.end(body);
  });
}).listen(Number(process.env.PORT), '127.0.0.1');
