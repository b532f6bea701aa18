import { defineCheck, withResourceMetadata } from '../../check.ts';
import { found, passed, skipped } from '../../model.ts';
import { strings } from '../../reading.ts';

/** docs/scalekit.md#documented-failures, 1: the running server has other settings than the project. */
export default defineCheck({
  code: 'SKM317',
  level: 'error',
  side: 'env',
  holds: 'The running server uses the settings in this folder',
  title: 'The running server’s Scalekit settings are not those in this folder',
  why: 'It was started before .env was changed, or from another folder or environment.',
  fix: 'Start the server again. If that does not help, see where else its variables are set.',
  explains: ['SKM341', 'SKM501', 'SKM502'],
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
});
