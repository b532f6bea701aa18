// The load generator, in its own process: users with a connection each, who call the three tools in turn. Takes orders over IPC.
import { createRequire } from 'node:module';
import { join } from 'node:path';

const require = createRequire(join(process.env.BENCH_TOOLS, 'package.json'));
const { Client } = require('undici');

const users = Number(process.env.USERS);
const clients = new Map();

const userOf = (index) => `user-${String(index).padStart(5, '0')}`;
const argumentsOf = (tool, user) =>
  ({
    search_products: { category: 'electronics', limit: 10 },
    get_user_cart: { user_id: user },
    checkout: {
      user_id: user,
      items: [
        { product_id: 42, quantity: 2 },
        { product_id: 137, quantity: 1 },
      ],
    },
  })[tool];
const tools = ['search_products', 'get_user_cart', 'checkout'];

/** @throws Error if an answer is not what the tool should return. */
async function call(client, token, number, user) {
  const tool = tools[number % 3];
  const params = { name: tool, arguments: argumentsOf(tool, userOf(user)) };
  const response = await client.request({
    method: 'POST',
    path: '/mcp',
    headers: {
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      'mcp-protocol-version': '2025-11-25',
      authorization: `Bearer ${token}`,
    },
    body: JSON.stringify({ jsonrpc: '2.0', id: number + 1, method: 'tools/call', params }),
  });
  const text = await response.body.text();
  const expected = ['popular_ids', 'recent_history', 'confirmed'][number % 3];
  if (response.statusCode !== 200 || !text.includes(expected) || text.includes('"isError":true'))
    throw new Error(`${tool} was answered with ${response.statusCode}: ${text.slice(0, 300)}`);
}

async function run({ origin, calls, tokens }) {
  if (!clients.has(origin))
    clients.set(
      origin,
      Array.from({ length: users }, () => new Client(origin, { keepAliveTimeout: 600_000 })),
    );
  const latencies = [];
  let next = 0;
  const start = performance.now();
  await Promise.all(
    clients.get(origin).map(async (client, user) => {
      for (let number = next++; number < calls; number = next++) {
        const sent = performance.now();
        await call(client, tokens[user], number, user);
        latencies.push(performance.now() - sent);
      }
    }),
  );
  const wallMillis = performance.now() - start;
  latencies.sort((a, b) => a - b);
  return { wallMillis, p99Millis: latencies[Math.floor(latencies.length * 0.99)] };
}

process.on('message', (order) =>
  run(order).then(
    (done) => process.send({ done }),
    (error) => process.send({ failed: `${order.origin}: ${error.message}` }),
  ),
);
