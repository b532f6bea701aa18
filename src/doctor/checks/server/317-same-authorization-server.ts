import { compoundVariables } from '../../../scalekit/index.ts';
import { defineCheck, withResourceMetadata } from '../../check.ts';
import type { ProjectFacts } from '../../facts/index.ts';
import { type Finding, found, passed, skipped } from '../../model.ts';
import { strings } from '../../reading.ts';

/** Clients compare the two character by character (RFC 8414 §3.3). */
const slash = {
  title: 'The server’s metadata names Scalekit with a slash too many',
  side: 'code',
  why: 'Scalekit’s issuer has no slash at its end. Clients that compare it with "authorization_servers", character by character, stop there.',
  fix: 'Take the slash off: pydantic’s AnyHttpUrl and new URL(…).href add one to a bare host, and so does joining addresses by hand.',
} as const;

/** The document is the value of a variable, which contradicts the others. */
function writtenIn({ envFiles }: ProjectFacts, servers: readonly string[]): Partial<Finding> {
  const names: readonly string[] = compoundVariables.metadata;
  for (const { file, lines } of envFiles)
    for (const { name, line, value = '' } of lines)
      if (names.includes(name) && servers.some((server) => value.includes(server)))
        return {
          title: `${name} is about another MCP server than the other settings`,
          why: 'The server hands this document to its clients, who sign in where it says, and their tokens are refused here.',
          fix: `Copy “Metadata JSON” from Scalekit’s dashboard > MCP Servers > your server into ${file}, line ${line}, and start the server again.`,
        };
  return {};
}

/** docs/scalekit.md#documented-failures, 1: the running server has other settings than the project. */
export default defineCheck({
  code: 'SKM317',
  level: 'error',
  side: 'env',
  holds: 'The running server uses the settings in this folder',
  title: 'The running server’s Scalekit settings are not those in this folder',
  why: 'It was started before .env was changed, or from another folder or environment.',
  fix: 'Start the server again. If that does not help, see where else its variables are set.',
  explains: ['SKM341', 'SKM501'],
  run: (facts) =>
    withResourceMetadata(facts, ({ authorization_servers: list }, { metadata }) => {
      if (!facts.project.known) return skipped('There are no settings to compare it with');
      if (!facts.scalekit.known) return skipped(facts.scalekit.why);
      const servers = strings(list);
      if (servers.length === 0) return skipped('The metadata names none');
      const { issuer } = facts.scalekit.value;
      if (servers.includes(issuer)) return passed(issuer);
      return found({
        subject: { url: metadata.url },
        actual: servers.join(', '),
        expected: issuer,
        ...(servers.includes(`${issuer}/`) ? slash : writtenIn(facts.project.value, servers)),
      });
    }),
});
