import { type Check, withResourceMetadata } from '../../check.ts';
import { found, passed, skipped } from '../../model.ts';
import { strings } from '../../reading.ts';

/** Facts: Scalekit, documented failure 1: the running server has other settings than the project. */
export const sameAuthorizationServer: Check = {
  code: 'SKM317',
  run: (facts) =>
    withResourceMetadata(facts, ({ authorization_servers: list }, { metadata }) => {
      if (!facts.project.known) return skipped('There are no settings to compare it with');
      if (!facts.scalekit.known) return skipped(facts.scalekit.why);
      const servers = strings(list);
      if (servers.length === 0) return skipped('The metadata names none');
      const { issuer } = facts.scalekit.value;
      if (servers.includes(issuer)) return passed(issuer);
      return found({ subject: { url: metadata.url }, actual: servers.join(', '), expected: issuer });
    }),
};
