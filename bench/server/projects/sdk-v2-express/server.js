// The SDK's guide to serving over Express, with its requireBearerAuth, and jose as the verifier.
import { createMcpExpressApp, requireBearerAuth } from '@modelcontextprotocol/express';
import { toNodeHandler } from '@modelcontextprotocol/node';
import { createMcpHandler, McpServer, OAuthError, OAuthErrorCode } from '@modelcontextprotocol/server';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import { z } from 'zod';
import { todos } from './todos.js';

const { PORT, SCALEKIT_ENVIRONMENT_URL: environmentUrl, SCALEKIT_RESOURCE_ID: resourceId } = process.env;
const keys = createRemoteJWKSet(new URL(`${environmentUrl}/keys`));
const inputSchema = z.object({ completed: z.boolean().optional() });

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
      throw new OAuthError(OAuthErrorCode.InvalidToken, error.message);
    }
  },
};

function createServer() {
  const server = new McpServer({ name: 'Todo MCP', version: '1.0.0' });
  server.registerTool(
    'list_todos',
    { description: 'List your todos.', inputSchema },
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
const handle = toNodeHandler(createMcpHandler(createServer));

app.all('/mcp', authorize, (request, response) => handle(request, response, request.body));

app.listen(Number(PORT), '127.0.0.1');
