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

/** A name that no server knows (RFC 2606). */
export const foreignName = 'attacker.example';
