// The SDK's guide to serving over Hono, with its requireBearerAuth for fetch hosts, and jose as the verifier.
import { serve } from '@hono/node-server';
import { createMcpHonoApp } from '@modelcontextprotocol/hono';
import {
  createMcpHandler,
  McpServer,
  OAuthError,
  OAuthErrorCode,
  requireBearerAuth,
} from '@modelcontextprotocol/server';
import { z } from 'zod';
import { bearerAuth, listTodos, listTodosShape } from './sdk.js';

const inputSchema = z.object(listTodosShape);

function createServer() {
  const server = new McpServer({ name: 'Todo MCP', version: '1.0.0' });
  server.registerTool('list_todos', { description: 'List your todos.', inputSchema }, listTodos);
  return server;
}

const app = createMcpHonoApp();
const authorize = requireBearerAuth(
  bearerAuth((message) => new OAuthError(OAuthErrorCode.InvalidToken, message)),
);
const handler = createMcpHandler(createServer);

app.all('/mcp', async (context) => {
  const authInfo = await authorize(context.req.raw);
  if (authInfo instanceof Response) return authInfo;
  return await handler.fetch(context.req.raw, { authInfo, parsedBody: context.get('parsedBody') });
});

serve({ fetch: app.fetch, port: Number(process.env.PORT), hostname: '127.0.0.1' });
