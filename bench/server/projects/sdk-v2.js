// What the servers on version 2 of the official SDK share. Copied beside each of them (install.js).
import { McpServer, OAuthError, OAuthErrorCode } from '@modelcontextprotocol/server';
import { z } from 'zod';
import { bearerAuth, listTodos, listTodosShape } from './sdk.js';

const inputSchema = z.object(listTodosShape);

export function createServer() {
  const server = new McpServer({ name: 'Todo MCP', version: '1.0.0' });
  server.registerTool('list_todos', { description: 'List your todos.', inputSchema }, listTodos);
  return server;
}

/** Those of requireBearerAuth. */
export const options = bearerAuth((message) => new OAuthError(OAuthErrorCode.InvalidToken, message));
