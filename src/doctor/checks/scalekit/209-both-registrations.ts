import { defineCheck, withAuthorizationMetadata } from '../../check.ts';
import { waysToRegister } from '../../client-registration.ts';
import { found, passed, skipped } from '../../model.ts';

/** docs/scalekit.md#endpoints: two dashboard switches, both on by default. */
export default defineCheck({
  code: 'SKM209',
  level: 'advice',
  side: 'dashboard',
  holds: 'Both ways for clients to make themselves known are on',
  title: 'One of the two ways for clients to make themselves known is off',
  why: 'Older clients know only dynamic registration, newer ones prefer metadata documents.',
  fix: 'Switch on both in Scalekit’s dashboard > MCP Servers > your server, unless you have a reason not to.',
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
});
