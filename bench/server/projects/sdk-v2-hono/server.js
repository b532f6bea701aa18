// The SDK's guide to serving over Hono, with its requireBearerAuth for fetch hosts, and jose as the verifier.
import { serve } from '@hono/node-server';
import { createMcpHonoApp } from '@modelcontextprotocol/hono';
import { createMcpHandler, requireBearerAuth } from '@modelcontextprotocol/server';
import { createServer, options } from './sdk-v2.js';

const app = createMcpHonoApp();
const authorize = requireBearerAuth(options);
const handler = createMcpHandler(createServer);

app.all('/mcp', async (context) => {
  const authInfo = await authorize(context.req.raw);
  if (authInfo instanceof Response) return authInfo;
  return await handler.fetch(context.req.raw, { authInfo, parsedBody: context.get('parsedBody') });
});

serve({ fetch: app.fetch, port: Number(process.env.PORT), hostname: '127.0.0.1' });
