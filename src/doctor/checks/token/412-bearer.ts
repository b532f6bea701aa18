import { defineCheck, withToken } from '../../check.ts';
import { found, passed } from '../../model.ts';

/** RFC 9449 §7.2: a token that is bound to its sender's key must not be accepted as a bearer token. */
export default defineCheck({
  code: 'SKM412',
  level: 'error',
  side: 'client',
  holds: 'The token is a bearer token',
  title: 'The token is bound to its owner’s key, and cannot be sent alone',
  why: 'With a “cnf” claim a token is worth nothing without a proof of the key (DPoP). As a bearer token the server must refuse it.',
  fix: 'Get a token without DPoP or mutual TLS.',
  refusesToken: true,
  run: (facts) =>
    withToken(facts, ({ isSenderBound }) =>
      isSenderBound ? found({ subject: {}, actual: 'a cnf claim', expected: 'no cnf claim' }) : passed(),
    ),
});
