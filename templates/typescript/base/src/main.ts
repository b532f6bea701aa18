// The server: its name, how it is protected, and what it can do.
import { loadEnvironment } from './protect/config.ts';
import { serve } from './protect/life.ts';
import { ScalekitProvider } from './protect/scalekit.ts';
import { tools } from './tools/index.ts';

const env = loadEnvironment();

const auth = new ScalekitProvider({
  environmentUrl: env.SCALEKIT_ENVIRONMENT_URL,
  clientId: env.SCALEKIT_CLIENT_ID,
  resourceId: env.SCALEKIT_RESOURCE_ID,
  mcpUrl: env.MCP_URL,
});

await serve({ name: 'Todo MCP', version: '0.1.0', auth, tools, env });
