// The SDK's stateless example and its requireBearerAuth middleware, with jose as the verifier.

import { InvalidTokenError } from '@modelcontextprotocol/sdk/server/auth/errors.js';
import { requireBearerAuth } from '@modelcontextprotocol/sdk/server/auth/middleware/bearerAuth.js';
import { createMcpExpressApp } from '@modelcontextprotocol/sdk/server/express.js';
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import { z } from 'zod';
import { todos } from './todos.js';

const { PORT, SCALEKIT_ENVIRONMENT_URL: environmentUrl, SCALEKIT_RESOURCE_ID: resourceId } = process.env;
const keys = createRemoteJWKSet(new URL(`${environmentUrl}/keys`));

const verifier = {
  async verifyAccessToken(token) {
    try {
      const { payload } = await jwtVerify(token, keys, {
        issuer: [environmentUrl, `${environmentUrl}/resources/${resourceId}`],
        audience: resourceId,
        algorithms: ['RS256'],
      });
      return { token, clientId: payload.client_id, scopes: payload.scope.split(' '), expiresAt: payload.exp };
    } catch (error) {
      throw new InvalidTokenError(error.message);
    }
  },
};

function createServer() {
  const server = new McpServer({ name: 'Todo MCP', version: '1.0.0' });
  server.registerTool(
    'list_todos',
    { description: 'List your todos.', inputSchema: { completed: z.boolean().optional() } },
    async ({ completed }) => {
      const found = {
        todos: todos.filter((todo) => completed === undefined || todo.completed === completed),
      };
      return { content: [{ type: 'text', text: JSON.stringify(found) }], structuredContent: found };
    },
  );
  return server;
}

const app = createMcpExpressApp();
const authorize = requireBearerAuth({
  verifier,
  requiredScopes: ['todo:read'],
  resourceMetadataUrl: `http://localhost:${PORT}/.well-known/oauth-protected-resource`,
});

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

app.listen(Number(PORT), '127.0.0.1');
