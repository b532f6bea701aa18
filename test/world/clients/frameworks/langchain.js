// `langchain.js <folder with the package> <endpoint> <token>`, as its documentation shows it.
import { tryTools } from './conversation.js';

const [folder, endpoint, token] = process.argv.slice(2);
const { MultiServerMCPClient } = await import(`${folder}/node_modules/@langchain/mcp-adapters/dist/index.js`);
const headers = { Authorization: `Bearer ${token}` };
const client = new MultiServerMCPClient({
  mcpServers: { todo: { transport: 'http', url: endpoint, headers } },
});
const tools = await client.getTools();
const named = (name) => tools.find((tool) => tool.name === name);
await tryTools(
  tools.map(({ name }) => name),
  (name, args) => named(name).invoke(args),
);
