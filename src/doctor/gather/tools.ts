import type { ToolsFacts } from '../facts.ts';
import { type Answer, type ProbeOptions, probe } from '../probe.ts';
import { foreignName, initialize } from './server.ts';

const sessionHeader = 'mcp-session-id';

/** Takes the session's id, which is as good as a password to some servers, out of what is kept. */
function withoutSession(answer: Answer): Answer {
  if (!answer.answered) return answer;
  const { [sessionHeader]: _, ...headers } = answer.headers;
  return { ...answer, headers };
}

/** Opens a connection as a client does, lists the tools, and opens another. No tool is called. */
export async function gatherTools(
  endpoint: string,
  token: string,
  options: ProbeOptions,
): Promise<ToolsFacts> {
  const post = (json: unknown, headers: Readonly<Record<string, string>> = {}) =>
    probe(
      { url: endpoint, method: 'POST', json, headers: { authorization: `Bearer ${token}`, ...headers } },
      { ...options, alsoKeep: sessionHeader },
    );
  const first = await post(initialize);
  // Whoever is silent once is not asked three more times: each would take as long.
  if (!first.answered)
    return { initialize: first, list: first, secondInitialize: first, foreignOrigin: first };
  const session = first.answered ? first.headers[sessionHeader] : undefined;
  const headers = {
    'mcp-protocol-version': initialize.params.protocolVersion,
    ...(session === undefined ? {} : { [sessionHeader]: session }),
  };
  if (session !== undefined) await post({ jsonrpc: '2.0', method: 'notifications/initialized' }, headers);
  const list = await post({ jsonrpc: '2.0', id: 2, method: 'tools/list' }, headers);
  const second = await post(initialize);
  const foreign = await post(initialize, { origin: `https://${foreignName}` });
  return {
    initialize: withoutSession(first),
    list: withoutSession(list),
    secondInitialize: withoutSession(second),
    foreignOrigin: withoutSession(foreign),
  };
}
