// The SDK's guide to serving over Express, with its requireBearerAuth, and jose as the verifier.
import { createMcpExpressApp, requireBearerAuth } from '@modelcontextprotocol/express';
import { toNodeHandler } from '@modelcontextprotocol/node';
import { createMcpHandler, McpServer, OAuthError, OAuthErrorCode } from '@modelcontextprotocol/server';
import { z } from 'zod';
import { bearerAuth, listTodos, listTodosShape } from './sdk.js';

const inputSchema = z.object(listTodosShape);

function createServer() {
  const server = new McpServer({ name: 'Todo MCP', version: '1.0.0' });
  server.registerTool('list_todos', { description: 'List your todos.', inputSchema }, listTodos);
  return server;
}

const app = createMcpExpressApp();
const authorize = requireBearerAuth(
  bearerAuth((message) => new OAuthError(OAuthErrorCode.InvalidToken, message)),
);
const handle = toNodeHandler(createMcpHandler(createServer));

app.all('/mcp', authorize, (request, response) => handle(request, response, request.body));

app.listen(Number(process.env.PORT), '127.0.0.1');
