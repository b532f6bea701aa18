// The SDK's stateless example and its requireBearerAuth middleware, with jose as the verifier.

import { InvalidTokenError } from '@modelcontextprotocol/sdk/server/auth/errors.js';
import { requireBearerAuth } from '@modelcontextprotocol/sdk/server/auth/middleware/bearerAuth.js';
import { createMcpExpressApp } from '@modelcontextprotocol/sdk/server/express.js';
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import { bearerAuth, listTodos, listTodosShape } from './sdk.js';

function createServer() {
  const server = new McpServer({ name: 'Todo MCP', version: '1.0.0' });
  const config = { description: 'List your todos.', inputSchema: listTodosShape };
  server.registerTool('list_todos', config, listTodos);
  return server;
}

const app = createMcpExpressApp();
const authorize = requireBearerAuth(bearerAuth((message) => new InvalidTokenError(message)));

app.post('/mcp', authorize, async (request, response) => {
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
