import { defineCheck, withAnswer } from '../../check.ts';
import { isNoUpstream } from '../../interference.ts';
import { found, passed, skipped } from '../../model.ts';
import { callsWithBadToken, isFirewall, keyList, summary } from '../../reading.ts';

/** docs/mcp.md#tokens: a server that cannot get the keys answers 503. */
export default defineCheck({
  code: 'SKM325',
  level: 'error',
  side: 'proxy',
  holds: 'The server gets Scalekit’s keys',
  title: 'The server does not get Scalekit’s keys, though this machine does',
  why: 'Without the keys it cannot check any token, and says so with 503.',
  fix: 'Allow the server to make https requests to Scalekit: see its firewall, its proxy settings, and SCALEKIT_ENVIRONMENT_URL where it runs.',
  run: (facts) =>
    withAnswer(facts, (server) => {
      const call = callsWithBadToken(server).find(
        ({ answer }) =>
          answer.answered && answer.status === 503 && !isFirewall(answer) && !isNoUpstream(answer),
      );
      if (call === undefined) return passed();
      if (!facts.scalekit.known || keyList(facts.scalekit.value) === undefined)
        return skipped('This machine does not get the keys either');
      return found({
        subject: { url: server.endpoint },
        actual: `${summary(call.answer)} to ${call.what}, while this machine gets ${facts.scalekit.value.keys.url}`,
        expected: '401',
      });
    }),
});
