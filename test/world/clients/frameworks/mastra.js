// `mastra.js <folder with the package> <endpoint> <token>`, as its documentation shows it.
import { tryTools } from './conversation.js';

const [folder, endpoint, token] = process.argv.slice(2);
const { MCPClient } = await import(`${folder}/node_modules/@mastra/mcp/dist/index.js`);
const requestInit = { headers: { Authorization: `Bearer ${token}` } };
const client = new MCPClient({ servers: { todo: { url: new URL(endpoint), requestInit } } });
const tools = await client.listTools();
await tryTools(
  Object.keys(tools).map((name) => name.replace(/^todo_/, '')),
  (name, args) => tools[`todo_${name}`].execute(args, {}),
);
