// The server: its name, how it is protected, and what it can do.
import { ScalekitProvider, serve } from 'scalekit-mcp-server';
import { scopes } from './scopes.ts';
import { services } from './store.ts';
import { tools } from './tools/index.ts';

await serve({
  name: 'Todo MCP',
  version: '0.1.0',
  // What models are told about the server as a whole. Some read only the first 512 characters.
  instructions: 'Keeps a todo list for the user who is signed in. Ids come from list_todos and create_todo.',
  auth: (env) =>
    new ScalekitProvider({
      environmentUrl: env.SCALEKIT_ENVIRONMENT_URL,
      resourceId: env.SCALEKIT_RESOURCE_ID,
      mcpUrl: env.MCP_URL,
      scopes,
    }),
  services,
  tools,
});
