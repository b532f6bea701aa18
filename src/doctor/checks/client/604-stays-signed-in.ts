import { defineCheck, withAuthorizationMetadata } from '../../check.ts';
import { clients, pinsScopes } from '../../clients.ts';
import { found, passed, skipped } from '../../model.ts';
import { strings } from '../../reading.ts';

/** docs/scalekit.md#scopes-and-refresh-tokens: a refresh token only where `offline_access` was asked for. */
export default defineCheck({
  code: 'SKM604',
  level: 'advice',
  side: 'client',
  holds: 'The client stays signed in',
  title: 'The client will not stay signed in: nothing tells it to ask for offline_access',
  why: 'Scalekit gives a refresh token (the means to renew a sign-in without the user) only to a client that asks for the scope offline_access, and its metadata does not list it. Without one, people sign in again when the access token runs out, usually after an hour.',
  fix: 'Tell the client to ask for it, if it can be configured.',
  run: (facts) =>
    withAuthorizationMetadata(facts, (metadata, { metadata: answer }) => {
      if (facts.client === undefined) return skipped('No client was asked about (--client)');
      const row = clients[facts.client];
      if (strings(metadata.scopes_supported).includes('offline_access'))
        return passed('The metadata lists it');
      const entries = facts.project.known ? facts.project.value.clients : [];
      if (entries.some(({ client, scopes }) => client === facts.client && scopes?.includes('offline_access')))
        return passed('Its file asks for it');
      if (facts.client === 'inspector') return passed('It asks for it by itself');
      const command = pinsScopes(facts.client);
      return found({
        subject: { url: answer.url },
        actual: 'offline_access is not in scopes_supported',
        expected: 'the client asks for offline_access',
        fix:
          (command &&
            `${command} (it writes the scopes into the client’s file, offline_access among them)`) ??
          `${row.name} cannot be told which scopes to ask for: a longer lifetime of access tokens (dashboard > MCP Servers > your server) is what is left.`,
      });
    }),
});
