import { type Check, defineCheck, withServer } from '../../check.ts';
import type { Facts, ServerFacts } from '../../facts/index.ts';
import { protect } from '../../frameworks.ts';
import { type Finding, found, type Outcome, passed, skipped } from '../../model.ts';
import { asksNobody, isServed, resourceMetadata, succeeded, summary } from '../../reading.ts';
import { callOutcomeOf, isPublic, toolFactsOf } from '../../tools.ts';

/** What the finding says if a tool that is not declared public was reached without a token. */
function ranWithoutToken(tool: string, outcome: 'ran' | 'looked at its arguments'): Partial<Finding> {
  const actual =
    outcome === 'ran'
      ? `the tool ${tool} ran without a token`
      : `the tool ${tool} refused a call without a token for its arguments alone`;
  return { actual, expected: '401' };
}

/** The first message is refused, and those after it are answered. */
function onlyFirst({ noToken }: ServerFacts): Partial<Finding> {
  if (isServed(noToken)) return {};
  return {
    title: 'The server checks the token of the first message alone',
    why: 'Clients begin with "initialize", and nothing makes an attacker do so: anyone who can reach this address can use its tools.',
  };
}

/** Nothing at all speaks of a token check: no tool has to be tried to see that. */
function isUnprotected(server: ServerFacts): boolean {
  return asksNobody(server) && resourceMetadata(server) === undefined;
}

/** The server answers the first message to everybody: only the messages after it show whether the tools are open, too. */
function judge(server: ServerFacts, fix: string): Outcome {
  const { openness, endpoint, noToken } = server;
  const subject = { url: endpoint };
  if (openness === undefined) return passed(summary(noToken));
  const tools = toolFactsOf(openness.list);
  if (tools === undefined) return passed('The first message is open, and the list of tools is not');
  if (tools.length === 0) return skipped('It lists no tools to call');
  if (tools.every(isPublic)) return passed('All its tools are declared public');
  const { call } = openness;
  const outcome = call === undefined ? 'unclear' : callOutcomeOf(call.answer);
  const isPartlyPublic = tools.some(isPublic);
  if (outcome === 'refused')
    return passed(`The list is open, and its ${isPartlyPublic ? 'other ' : ''}tools ask for a token`);
  if (call !== undefined && outcome !== 'unclear')
    return found({ subject, fix, ...onlyFirst(server), ...ranWithoutToken(call.tool, outcome) });
  // Where some tools are meant for everybody, the list has to be open.
  if (isPartlyPublic) return skipped('Some tools are declared public, and no other could be tried safely');
  const count = `${tools.length} tool${tools.length === 1 ? '' : 's'}`;
  if (isUnprotected(server))
    return found({
      subject,
      fix,
      actual: `any token and none gets the list of ${count}, and no metadata says who signs people in`,
      expected: '401',
    });
  return found({
    subject,
    level: 'warning',
    title: 'The server lists its tools to everybody',
    actual: `${count} without a token; whether they can be called could not be tried`,
    expected: '401, or tools that are declared public',
    why: 'Whoever can reach this address sees what the server can do, and may be able to do it. No tool could be called without a risk that it does something.',
    fix,
  });
}

/** MCP, security best practices: a session is no authentication. */
function judgeSession({ tools }: Facts, server: ServerFacts): Outcome {
  const list = tools.known ? tools.value.listWithoutToken : undefined;
  const listed = list === undefined ? undefined : toolFactsOf(list);
  if (listed === undefined || listed.length === 0 || listed.every(isPublic))
    return passed(summary(server.noToken));
  return found({
    subject: { url: server.endpoint },
    ...onlyFirst(server),
    actual: `tools/list without a token in an open session: ${listed.length} tool${listed.length === 1 ? '' : 's'}`,
    expected: '401',
    fix: 'Check the token of every request, whether it names a session or not, and that it is of the person who opened the session.',
  });
}

/** MCP, authorization: a protected server answers 401. A tool that is declared public (`securitySchemes`: noauth) is not protected. */
const tokenRequired = defineCheck({
  code: 'SKM304',
  level: 'error',
  side: 'code',
  holds: 'A call without a token is refused',
  title: 'The server lets everybody in: a call without a token is answered',
  why: 'Anyone who can reach this address can use its tools.',
  fix: 'Check the token before the request reaches MCP.',
  explains: ['SKM309', 'SKM310', 'SKM322', 'SKM333', 'SKM334', 'SKM335'],
  run: (facts) =>
    withServer(facts, (server) =>
      isServed(server.noToken) || server.openness !== undefined
        ? judge(server, protect(facts.project.known ? facts.project.value : undefined))
        : judgeSession(facts, server),
    ),
});

export default tokenRequired;

/**
 * For create, which knows its own server: without public tools, it answers every first message without a token with 401. Any
 * other answer is a hole.
 */
export const refusedWith401: Check = {
  ...tokenRequired,
  run: (facts) =>
    withServer(facts, (server) => {
      const { noToken, endpoint, openness } = server;
      if (!succeeded(noToken)) return passed(summary(noToken));
      const tools = openness === undefined ? [] : (toolFactsOf(openness.list) ?? []);
      if (tools.some(isPublic)) return judge(server, '');
      return found({ subject: { url: endpoint }, actual: summary(noToken), expected: '401' });
    }),
};
