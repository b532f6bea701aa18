// `openai_agents.js <folder with the package> <endpoint> <token>`, as its documentation shows it.
import { tryTools } from './conversation.js';

const [folder, endpoint, token] = process.argv.slice(2);
const { MCPServerStreamableHttp } = await import(`${folder}/node_modules/@openai/agents/dist/index.mjs`);
const requestInit = { headers: { Authorization: `Bearer ${token}` } };
const server = new MCPServerStreamableHttp({ url: endpoint, name: 'todo', requestInit });
await server.connect();
await tryTools(
  (await server.listTools()).map(({ name }) => name),
  (name, args) => server.callTool(name, args),
);
