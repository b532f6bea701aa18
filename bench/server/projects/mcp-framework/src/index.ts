import { MCPServer } from 'mcp-framework';

const server = new MCPServer({
  transport: { type: 'http-stream', options: { port: Number(process.env.PORT) } },
});

await server.start();
