/** Parts of the JSON-RPC messages that MCP clients send. */

/** `_meta` of every request of 2026-07-28 (docs/mcp.md#what-a-resource-server-must-do). */
export const envelopeOf = (name: string, capabilities: object = {}) => ({
  'io.modelcontextprotocol/protocolVersion': '2026-07-28',
  'io.modelcontextprotocol/clientInfo': { name, version: '1' },
  'io.modelcontextprotocol/clientCapabilities': capabilities,
});

/** That of a client without capabilities. */
export const envelope = envelopeOf('test');

/** The message of a tool call. */
export const toolCall = (name: string, args: object = {}, id: number | string = 1) => ({
  jsonrpc: '2.0',
  id,
  method: 'tools/call',
  params: { name, arguments: args },
});
