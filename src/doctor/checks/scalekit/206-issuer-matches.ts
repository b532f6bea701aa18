import { defineCheck, withAuthorizationMetadata } from '../../check.ts';
import { found, passed } from '../../model.ts';

/** RFC 8414 §3.3: the `issuer` must be identical to the URL that the metadata was requested for. */
export default defineCheck({
  code: 'SKM206',
  level: 'error',
  side: 'env',
  holds: 'The issuer of Scalekit’s metadata is the address that clients ask',
  title: 'The issuer of Scalekit’s metadata is not the address that clients ask',
  why: 'A client that asks one address and gets another one’s name must stop: it could be an impostor.',
  fix: 'Set SCALEKIT_ENVIRONMENT_URL to the address that the issuer begins with, then start the server again.',
  run: (facts) =>
    withAuthorizationMetadata(facts, (metadata, { issuer }) =>
      metadata.issuer === issuer
        ? passed(issuer)
        : found({ subject: { url: issuer }, actual: String(metadata.issuer), expected: issuer }),
    ),
});
