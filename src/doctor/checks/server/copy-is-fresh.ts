import { type Check, withAuthorizationMetadata } from '../../check.ts';
import { found, passed, skipped } from '../../model.ts';
import { objectOf } from '../../reading.ts';

const compared = [
  'issuer',
  'authorization_endpoint',
  'token_endpoint',
  'registration_endpoint',
  'client_id_metadata_document_supported',
  'scopes_supported',
] as const;

/** Facts: Scalekit, documented failure 10: a dashboard switch needs the server restarted, where it keeps a copy. */
export const copyIsFresh: Check = {
  code: 'SKM341',
  run: (facts) =>
    withAuthorizationMetadata(facts, (metadata) => {
      const copy = facts.server.known ? objectOf(facts.server.value.authorizationServerCopy) : undefined;
      if (!facts.server.known || copy === undefined) return skipped('The server keeps no copy');
      const different = compared.filter(
        (name) => JSON.stringify(copy[name]) !== JSON.stringify(metadata[name]),
      );
      if (different.length === 0) return passed();
      const say = (document: Readonly<Record<string, unknown>>) =>
        different.map((name) => `${name}: ${JSON.stringify(document[name]) ?? 'none'}`).join('; ');
      return found({
        subject: { url: facts.server.value.authorizationServerCopy.url },
        actual: say(copy),
        expected: say(metadata),
      });
    }),
};
