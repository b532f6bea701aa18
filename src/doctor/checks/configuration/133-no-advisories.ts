import { advisoriesOf, versionOf } from '../../advisories.ts';
import { defineCheck, withProject } from '../../check.ts';
import type { PackageFact } from '../../facts/index.ts';
import { type Finding, found, skipped } from '../../model.ts';
import { compareVersions } from '../../versions.ts';

function describe(fact: PackageFact): readonly Finding[] {
  const known = advisoriesOf(fact);
  if (known.length === 0) return [];
  const fixedIn = known
    .map((advisory) => advisory.fixedIn)
    .sort(compareVersions)
    .at(-1);
  return [
    {
      subject: { file: fact.file, line: fact.line },
      title: `${fact.name} ${versionOf(fact)} has known security holes`,
      actual: known.map(({ id, what }) => `${id}: ${what}`).join('; '),
      expected: `${fact.name} ${fixedIn} or later`,
      // The project cannot choose the version of a package that came along with another one.
      ...(fact.ecosystem === 'npm' && fact.range !== ''
        ? { commands: [['npm', 'install', `${fact.name}@^${fixedIn}`]] }
        : {}),
    },
  ];
}

/** docs/mcp.md#tokens (CVE-2026-25536); the list is in advisories.ts. */
export default defineCheck({
  code: 'SKM133',
  level: 'warning',
  side: 'code',
  holds: 'No package has a known security hole',
  title: 'A package has known security holes',
  why: 'They are published, so anyone can use them against your server or your machine.',
  fix: 'Update it to the version above or a later one.',
  run: (facts) =>
    withProject(facts, ({ packages }) => {
      if (packages.every((fact) => versionOf(fact) === undefined))
        return skipped('The versions of its packages are not known: nothing is installed or locked');
      return found(...packages.flatMap(describe));
    }),
});
