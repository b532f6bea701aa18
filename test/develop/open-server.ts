import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import { onTestFinished } from 'vitest';

function makeServer(): McpServer {
  const server = new McpServer({ name: 'open', version: '1.0.0' });
  server.registerTool('look', {}, () => ({ content: [{ type: 'text', text: 'a thing' }] }));
  return server;
}

/**
 * Starts an MCP server that asks for no token, for one test.
 * @param closed methods that it answers with 401 all the same.
 * @returns its endpoint.
 */
export async function startOpenServer(closed: readonly string[] = []): Promise<string> {
  const server = createServer(async (request, response) => {
    const message = request.method === 'POST' ? await json(request) : {};
    const { method = '' } = message as { readonly method?: string };
    if (request.method !== 'POST') return void response.writeHead(405).end();
    if (request.headers.authorization !== undefined) return void response.writeHead(400).end('a token');
    if (closed.includes(method)) return void response.writeHead(401, { 'www-authenticate': 'Bearer' }).end();
    const transport = new StreamableHTTPServerTransport({});
    response.once('close', () => void transport.close());
    await makeServer().connect(transport as Parameters<McpServer['connect']>[0]);
    await transport.handleRequest(request, response, message);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`;
}
