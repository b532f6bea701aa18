import { defineCheck, withAuthorizationMetadata } from '../../check.ts';
import { waysToRegister } from '../../client-registration.ts';
import { clients } from '../../clients.ts';
import { found, passed, skipped } from '../../model.ts';
import { strings } from '../../reading.ts';

const words = { document: 'its client id metadata document', dynamic: 'dynamic registration' } as const;

/** docs/mcp.md#clients: the order is pre-registered, document, dynamic registration; Claude’s document needs `none`. */
export default defineCheck({
  code: 'SKM602',
  level: 'error',
  side: 'dashboard',
  holds: 'The client can make itself known',
  title: 'The client has no way to make itself known',
  why: 'Before anybody can sign in, the authorization server has to know the client: by a document that the client publishes, or by a registration. This client can do neither here.',
  fix: 'Switch on dynamic client registration (DCR) and client id metadata documents (CIMD) in Scalekit’s dashboard > MCP Servers > your server, then start the server again.',
  run: (facts) =>
    withAuthorizationMetadata(facts, (metadata, { metadata: answer }) => {
      if (facts.client === undefined) return skipped('No client was asked about (--client)');
      const { registers, name } = clients[facts.client];
      const { dynamic, documents } = waysToRegister(metadata);
      const methods = strings(metadata.token_endpoint_auth_methods_supported);
      const documentWorks = documents && (methods.length === 0 || methods.includes('none'));
      const way = registers.find((each) => (each === 'document' ? documentWorks : dynamic));
      if (way !== undefined) return passed(`${name} uses ${words[way]}`);
      return found({
        subject: { url: answer.url },
        actual:
          documents && !documentWorks
            ? 'documents without the method “none”'
            : `neither ${registers.map((each) => words[each]).join(' nor ')}`,
        expected: registers.map((each) => words[each]).join(', or '),
      });
    }),
});
