// A generated project's server by its test interface, with clocks that agree to the second: `server.js <project>`.
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import './refusing.js';

const [project] = process.argv.slice(2);
const load = (path) => import(pathToFileURL(path).href);
const own = createRequire(join(project, 'package.json'));

const { startServer } = await load(own.resolve('scalekit-mcp-server/testing'));
const { scopes } = await load(join(project, 'src/scopes.ts'));
const { tools } = await load(join(project, 'src/tools/index.ts'));
const { services } = await load(join(project, 'src/store.ts'));

await startServer({
  scalekit: {
    url: process.env.SCALEKIT_ENVIRONMENT_URL,
    resourceId: process.env.SCALEKIT_RESOURCE_ID,
    mcpUrl: process.env.MCP_URL,
    mint: () => Promise.reject(new Error('Only the local Scalekit makes tokens here')),
    close: async () => {},
  },
  scopes,
  tools,
  services: await services.open(process.env),
  clockTolerance: 0,
  log: (level, event, details) =>
    process.stderr.write(`${JSON.stringify({ time: new Date().toISOString(), level, event, ...details })}\n`),
});
process.stderr.write(`${JSON.stringify({ event: 'listening' })}\n`);
