import { protectedResourceMetadataUrls } from '../../scalekit/index.ts';
import type { ServerFacts } from '../facts.ts';
import { type Answer, type ProbeOptions, probe } from '../probe.ts';

/** The first message of every MCP client; harmless, since a server that answers it has done nothing yet. */
export const initialize = {
  jsonrpc: '2.0',
  id: 1,
  method: 'initialize',
  params: {
    protocolVersion: '2025-06-18',
    capabilities: {},
    clientInfo: { name: 'scalekit-mcp-doctor', version: '1' },
  },
} as const;

/** Asks a server everything that it can be asked without a token. @param endpoint e.g. `http://localhost:3002/mcp`. */
export async function gatherServer(endpoint: string, options: ProbeOptions): Promise<ServerFacts> {
  const urls = protectedResourceMetadataUrls(endpoint);
  const call = (headers: Record<string, string> = {}): Promise<Answer> =>
    probe({ url: endpoint, method: 'POST', json: initialize, headers }, options);
  const [noToken, garbageToken, metadata, metadataRoot] = await Promise.all([
    call(),
    call({ authorization: 'Bearer not-a-token' }),
    probe({ url: urls.metadata }, options),
    probe({ url: urls.metadataRoot }, options),
  ]);
  return { endpoint, noToken, garbageToken, metadata, metadataRoot };
}
