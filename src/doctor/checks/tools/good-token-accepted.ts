import { type Check, withTools } from '../../check.ts';
import { found, passed, skipped } from '../../model.ts';
import { isBroken, summary } from '../../reading.ts';
import { refusalsOf } from '../token/index.ts';

/** Facts: Scalekit, documented failure 12: a verifier that knows one issuer, or compares the audience with a URL. */
export const goodTokenAccepted: Check = {
  code: 'SKM501',
  run: (facts) =>
    withTools(facts, ({ initialize }, { endpoint }) => {
      const refusals = refusalsOf(facts);
      if (refusals === undefined) return skipped('Whether the token is good is not known');
      if (refusals.length > 0) return skipped('The token is not good');
      if (isBroken(initialize))
        return skipped(`It answers ${summary(initialize)}, which is not about the token`);
      if (!initialize.answered || ![401, 403].includes(initialize.status)) return passed();
      return found({
        subject: { url: endpoint },
        actual: `${summary(initialize)} to a token that is signed, in time, and for this server`,
        expected: '200',
      });
    }),
};
