import type { OpennessFacts } from '../facts/index.ts';
import type { ProbeOptions } from '../probe.ts';
import { objectIn, strings, succeeded } from '../reading.ts';
import { isPublic, type ToolFacts, toolFactsOf } from '../tools.ts';
import { askAgain } from './ask-again.ts';
import { initialize } from './messages.ts';

/** A value that is no string, number, boolean or list. */
const wrong = { 'scalekit-mcp-doctor': 'an argument that must be refused' };

/** @returns arguments that a tool must refuse before it does anything, or undefined if none is sure to be refused. */
function refusableArguments({
  inputSchema,
  readOnlyHint,
}: ToolFacts): Readonly<Record<string, unknown>> | undefined {
  if (strings(inputSchema?.required).length > 0) return {};
  const properties = Object.entries(objectIn(inputSchema?.properties) ?? {});
  const plain = properties.find(([, schema]) =>
    /^(?:string|number|integer|boolean|array)$/.test(String(objectIn(schema)?.type)),
  );
  if (plain !== undefined) return { [plain[0]]: wrong };
  // A tool without arguments cannot refuse them, so it is called only if it says that it changes nothing.
  return readOnlyHint === true ? {} : undefined;
}

function choose(
  tools: readonly ToolFacts[],
): { readonly name: string; readonly arguments: unknown } | undefined {
  for (const tool of tools.filter((each) => !isPublic(each))) {
    const found = refusableArguments(tool);
    if (found !== undefined) return { name: tool.name, arguments: found };
  }
  return undefined;
}

/**
 * Continues without a token: lists the tools, and calls one that is not declared public, with arguments that it must refuse.
 * That shows whether there is a token check, and does nothing.
 * @param session the id that the server gave to the first message, if it did.
 */
export async function gatherOpenness(
  endpoint: string,
  session: string | undefined,
  options: ProbeOptions,
): Promise<OpennessFacts> {
  const headers = {
    'mcp-protocol-version': initialize.params.protocolVersion,
    ...(session === undefined ? {} : { 'mcp-session-id': session }),
  };
  const post = (json: unknown) => askAgain({ url: endpoint, method: 'POST', json, headers }, options);
  if (session !== undefined) await post({ jsonrpc: '2.0', method: 'notifications/initialized' });
  const list = await post({ jsonrpc: '2.0', id: 2, method: 'tools/list' });
  const params = succeeded(list) ? choose(toolFactsOf(list) ?? []) : undefined;
  if (params === undefined) return { list };
  const answer = await post({ jsonrpc: '2.0', id: 3, method: 'tools/call', params });
  return { list, call: { tool: params.name, answer } };
}
