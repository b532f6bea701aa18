import type { ToolsFacts } from '../facts/index.ts';
import type { ProbeOptions } from '../probe.ts';
import { askAgain } from './ask-again.ts';
import { foreignName, initialize } from './messages.ts';

/** Opens a connection as a client does, lists the tools, and opens another. No tool is called. */
export async function gatherTools(
  endpoint: string,
  token: string,
  options: ProbeOptions,
): Promise<ToolsFacts> {
  const post = (
    json: unknown,
    headers: Readonly<Record<string, string>> = {},
    onSession = (_: string) => {},
  ) =>
    askAgain(
      { url: endpoint, method: 'POST', json, headers: { authorization: `Bearer ${token}`, ...headers } },
      { ...options, onSession },
    );
  let session: string | undefined;
  const first = await post(initialize, {}, (id) => {
    session = id;
  });
  // A server that did not answer once is not asked three more times: each would take as long.
  if (!first.answered)
    return { initialize: first, list: first, secondInitialize: first, foreignOrigin: first };
  const headers = {
    'mcp-protocol-version': initialize.params.protocolVersion,
    ...(session === undefined ? {} : { 'mcp-session-id': session }),
  };
  if (session !== undefined) await post({ jsonrpc: '2.0', method: 'notifications/initialized' }, headers);
  const listTools = { jsonrpc: '2.0', id: 2, method: 'tools/list' };
  const list = await post(listTools, headers);
  const listWithoutToken =
    session === undefined
      ? undefined
      : await askAgain({ url: endpoint, method: 'POST', json: { ...listTools, id: 3 }, headers }, options);
  const second = await post(initialize);
  const foreign = await post(initialize, { origin: `https://${foreignName}` });
  return {
    ...{ initialize: first, list, secondInitialize: second, foreignOrigin: foreign },
    ...(listWithoutToken && { listWithoutToken }),
  };
}
