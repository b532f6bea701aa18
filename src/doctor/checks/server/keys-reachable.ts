import { type Check, withAnswer } from '../../check.ts';
import { found, passed, skipped } from '../../model.ts';
import { callsWithBadToken, isFirewall, keyList, summary } from '../../reading.ts';

/** Facts: security: 503 is what a server says that cannot get the keys. */
export const keysReachable: Check = {
  code: 'SKM325',
  run: (facts) =>
    withAnswer(facts, (server) => {
      const call = callsWithBadToken(server).find(
        ({ answer }) => answer.answered && answer.status === 503 && !isFirewall(answer),
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
};
