import { defineCheck, withAnswer } from '../../check.ts';
import type { ServerFacts } from '../../facts/index.ts';
import { isLogin, redirectTarget } from '../../interference.ts';
import { lineFor, whoAnswered } from '../../intermediaries.ts';
import { found, passed } from '../../model.ts';
import type { ProbeResult } from '../../probe.ts';
import { isMcpServer, summary } from '../../reading.ts';

type Answered = Extract<ProbeResult, { answered: true }>;

function loginOf(server: ServerFacts): Answered | undefined {
  const { noToken, metadata } = server;
  if (noToken.answered && isLogin(noToken)) return noToken;
  return metadata.answered && !isMcpServer(server) && isLogin(metadata) ? metadata : undefined;
}

function howOf(answer: Answered): string {
  const target = redirectTarget(answer);
  if (target !== undefined) return ` to ${target.origin}${target.pathname}`;
  const asks = answer.headers['www-authenticate'];
  return asks === undefined ? '' : `, WWW-Authenticate: ${asks}`;
}

/** MCP clients sign in by the server's own challenge (RFC 9728 §5.1): they cannot use a login page, and have no password. */
export default defineCheck({
  code: 'SKM345',
  level: 'error',
  side: 'proxy',
  holds: 'No other login is in front of the server',
  title: 'Another login is in front of the server',
  why: 'Whoever calls is first asked to sign in there, on a page or with a password. MCP clients are programs and cannot: they never reach your server.',
  fix: 'Let /mcp and /.well-known/ through without that login: the MCP server checks tokens itself.',
  explains: ['server', 'token', 'tools'],
  run: (facts) =>
    withAnswer(facts, (server) => {
      const answer = loginOf(server);
      if (answer === undefined) return passed();
      const who = whoAnswered(answer);
      return found({
        subject: { url: answer.url },
        actual: `${summary(answer)}${howOf(answer)}${who === undefined ? '' : ` (${who})`}`,
        expected: `401 from the MCP server itself, at ${server.endpoint}`,
        fix: lineFor('login', [answer]),
      });
    }),
});
