import { defineCheck, withTools } from '../../check.ts';
import type { Facts } from '../../facts/index.ts';
import { behindCheckLine } from '../../frameworks.ts';
import { type Finding, found, passed, skipped, unreachable } from '../../model.ts';
import type { ProbeResult } from '../../probe.ts';
import {
  isBroken,
  isSilent,
  lacksScope,
  reasonOf,
  rpcErrorOf,
  succeeded,
  summary,
  toolsOf,
} from '../../reading.ts';
import { scopesAsked } from '../../token-refusals.ts';

function usual({ project }: Facts, answer: ProbeResult): string {
  const isFailure = answer.answered && answer.status === 500;
  const line = behindCheckLine(project.known ? project.value : undefined);
  return isFailure && line !== undefined ? ` ${line}` : '';
}

/** Not about the token: it does not take the first message of a client as such. */
function isNoMessage(answer: ProbeResult): boolean {
  if (!answer.answered || ![400, 406, 411, 415, 422].includes(answer.status)) return false;
  // A server of the newest protocol alone knows neither this message nor its version.
  return ![-32601, -32020, -32022].includes(rpcErrorOf(answer) ?? 0);
}

/** The token check is passed, and behind it the first message of a client gets no answer. */
function isFirstMessageLost(answer: ProbeResult): boolean {
  return isBroken(answer) || isNoMessage(answer);
}

function behindTheCheck(facts: Facts, initialize: ProbeResult): Partial<Finding> {
  return {
    title: 'The server fails on a call with a good token',
    actual: `${saidBy(initialize)} to the first message`,
    expected: '200',
    why: 'The token check is passed, and behind it nothing answers as an MCP server.',
    fix: isNoMessage(initialize)
      ? 'See the server’s log: it takes neither this message nor its headers (accept: application/json, text/event-stream) for the beginning of a connection. In the SDKs, make a transport for every request, or for every session.'
      : `See the server’s log, and whether MCP is served at exactly this path: the check in front of it may well answer at any path.${usual(facts, initialize)}`,
  };
}

function saidBy(answer: ProbeResult): string {
  const reason = reasonOf(answer);
  return `${summary(answer)}${reason === '' ? '' : ` (${reason})`}`;
}

function lackOfScope(list: ProbeResult): Partial<Finding> {
  const scopes = scopesAsked(list);
  const named = scopes.length === 0 ? 'a scope' : scopes.join(' ');
  return {
    why: `The list of tools needs ${named}, which the token does not have. Clients that ask for the scopes of the 401 alone see no tools.`,
    fix: `Let every signed-in client list the tools, or name ${named} in scope="…" of the 401, and define it in Scalekit’s dashboard > MCP Servers > your server.`,
  };
}

/** MCP, tools: `tools/list`. */
export default defineCheck({
  code: 'SKM502',
  level: 'error',
  side: 'code',
  holds: 'The server lists its tools',
  title: 'The server lets the client in but does not list its tools',
  why: 'Clients show no tools, or an error.',
  fix: 'See the server’s log for the error at tools/list.',
  run: (facts, { refusals }) =>
    withTools(facts, ({ initialize, list }, { endpoint }) => {
      if (isFirstMessageLost(initialize) && refusals?.length === 0)
        return found({ subject: { url: endpoint }, ...behindTheCheck(facts, initialize) });
      if (!succeeded(initialize)) return skipped('The server did not let the call in');
      if (isSilent(list))
        return unreachable(`tools/list: ${summary(list)}`, 'Try again when the server is less busy.');
      const tools = toolsOf(list);
      if (tools !== undefined) return passed(`${tools.length} tool${tools.length === 1 ? '' : 's'}`);
      return found({
        subject: { url: endpoint },
        actual: `${saidBy(list)} to tools/list`,
        expected: 'a list of tools',
        ...(lacksScope(list) ? lackOfScope(list) : {}),
      });
    }),
});
