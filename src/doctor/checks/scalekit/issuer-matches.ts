import { type Check, withAuthorizationMetadata } from '../../check.ts';
import { found, passed } from '../../model.ts';

/** RFC 8414 §3.3: the `issuer` must be identical to the address that the metadata was asked under. */
export const issuerMatches: Check = {
  code: 'SKM206',
  run: (facts) =>
    withAuthorizationMetadata(facts, (metadata, { issuer }) =>
      metadata.issuer === issuer
        ? passed(issuer)
        : found({ subject: { url: issuer }, actual: String(metadata.issuer), expected: issuer }),
    ),
};
