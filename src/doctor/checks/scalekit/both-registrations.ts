import { type Check, withAuthorizationMetadata } from '../../check.ts';
import { found, passed, skipped } from '../../model.ts';
import { waysToRegister } from '../../reading.ts';

/** Facts: Scalekit, endpoints: two dashboard switches, both on by default. */
export const bothRegistrations: Check = {
  code: 'SKM209',
  run: (facts) =>
    withAuthorizationMetadata(facts, (metadata, { metadata: answer }) => {
      const { dynamic, documents } = waysToRegister(metadata);
      if (!dynamic && !documents) return skipped('There is neither');
      if (dynamic && documents) return passed();
      return found({
        subject: { url: answer.url },
        actual: dynamic ? 'client id metadata documents are off' : 'dynamic client registration is off',
        expected: 'both on',
      });
    }),
};
