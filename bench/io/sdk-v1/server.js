// SDK v1's stateless example with express: a server and a transport for each request, no authorization.
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import express from 'express';
import * as z from 'zod';
import { checkout, getUserCart, searchProducts } from './work.ts';

const text = (found) => ({ content: [{ type: 'text', text: JSON.stringify(found) }] });
const item = z.object({ product_id: z.number(), quantity: z.number() });
const shapes = {
  search: { category: z.string(), limit: z.number() },
  cart: { user_id: z.string() },
  checkout: { user_id: z.string(), items: z.array(item) },
};

function createServer() {
  const server = new McpServer({ name: 'Shop', version: '1.0.0' });
  server.registerTool('search_products', { inputSchema: shapes.search }, async ({ category, limit }) =>
    text(await searchProducts(category, limit)),
  );
  server.registerTool('get_user_cart', { inputSchema: shapes.cart }, async ({ user_id }) =>
    text(await getUserCart(user_id)),
  );
  server.registerTool('checkout', { inputSchema: shapes.checkout }, async ({ user_id, items }) =>
    text(await checkout(user_id, items)),
  );
  return server;
}

const app = express();
app.use(express.json());
app.post('/mcp', async (request, response) => {
  const server = createServer();
  const transport = new StreamableHTTPServerTransport({ sessionIdGenerator: undefined });
  response.on('close', () => {
    transport.close();
    server.close();
  });
  await server.connect(transport);
  await transport.handleRequest(request, response, request.body);
});
app.listen(Number(process.env.PORT), '127.0.0.1');
