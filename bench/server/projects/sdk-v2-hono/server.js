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

const app = createMcpHonoApp();
const authorize = requireBearerAuth({
  verifier,
  requiredScopes: ['todo:read'],
  resourceMetadataUrl: `http://localhost:${PORT}/.well-known/oauth-protected-resource`,
});
const handler = createMcpHandler(createServer);

app.all('/mcp', async (context) => {
  const authInfo = await authorize(context.req.raw);
  if (authInfo instanceof Response) return authInfo;
  return await handler.fetch(context.req.raw, { authInfo, parsedBody: context.get('parsedBody') });
});

serve({ fetch: app.fetch, port: Number(PORT), hostname: '127.0.0.1' });
