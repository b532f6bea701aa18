// The server: its name, how it is protected, and what it can do.
import { ScalekitProvider, serve } from 'scalekit-mcp-server';
import { scopes } from './scopes.ts';
import { tools } from './tools/index.ts';

await serve({
  name: 'MCP Server',
  version: '0.1.0',
  // What models are told about the server as a whole. Some read only the first 512 characters.
  instructions: 'An example: each tool says who called it.',
  auth: (env) =>
    new ScalekitProvider({
      environmentUrl: env.SCALEKIT_ENVIRONMENT_URL,
      resourceId: env.SCALEKIT_RESOURCE_ID,
      mcpUrl: env.MCP_URL,
      scopes,
    }),
  tools,
});
