import { defineCheck, withAuthorizationMetadata } from '../../check.ts';
import { waysToRegister } from '../../client-registration.ts';
import { found, passed } from '../../model.ts';

/** docs/scalekit.md#documented-failures, 10. */
export default defineCheck({
  code: 'SKM208',
  level: 'error',
  side: 'dashboard',
  holds: 'Clients can make themselves known',
  title: 'Clients have no way to make themselves known',
  why: 'A client that Scalekit has never met has to register first, and both ways to do so are switched off.',
  fix: 'Switch on dynamic client registration (DCR) or client id metadata documents (CIMD) in Scalekit’s dashboard > MCP Servers > your server, then start the server again.',
  run: (facts) =>
    withAuthorizationMetadata(facts, (metadata, { metadata: answer }) => {
      const { dynamic, documents } = waysToRegister(metadata);
      if (dynamic || documents) return passed();
      return found({
        subject: { url: answer.url },
        actual: 'no registration_endpoint, and no client_id_metadata_document_supported',
        expected: 'one of them, better both',
      });
    }),
});
