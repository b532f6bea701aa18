// The HTTP service that tools ask: products in memory, on PORT.
import { createServer } from 'node:http';

const products = Array.from({ length: 1000 }, (_, id) => ({
  id,
  name: `Product ${id}`,
  price: 10 + (id % 90),
  rating: 1 + (id % 5),
}));

function answerTo(method, url, body) {
  if (method === 'POST') {
    const { items } = JSON.parse(body);
    return {
      total: items.reduce((sum, { product_id, quantity }) => sum + products[product_id].price * quantity, 0),
    };
  }
  const [path, query] = url.split('?');
  if (path !== '/products/search') return products[Number(path.split('/').at(-1))];
  const limit = Number(new URLSearchParams(query).get('limit'));
  return { products: products.slice(0, limit), total_found: products.length };
}

createServer((request, response) => {
  const chunks = [];
  request.on('data', (chunk) => chunks.push(chunk));
  request.on('end', () => {
    const body = JSON.stringify(answerTo(request.method, request.url, Buffer.concat(chunks)));
    response.writeHead(200, {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(body),
    });
    response.end(body);
  });
}).listen(Number(process.env.PORT), '127.0.0.1');
