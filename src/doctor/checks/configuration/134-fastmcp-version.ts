import { versionOf, wrongFastMcp } from '../../advisories.ts';
import { defineCheck, withProject } from '../../check.ts';
import type { Mention } from '../../facts/index.ts';
import { found, passed, skipped } from '../../model.ts';
import { usesScalekit } from '../../settings.ts';
import { compareVersions } from '../../versions.ts';

/** What each range of versions gets wrong (docs/scalekit.md#the-trailing-slash, docs/scalekit.md#access-tokens). */
function mistakeOf(version: string): string {
  if (compareVersions(version, '2.13.2') < 0)
    return 'it takes MCP_URL for the audience, and knows one issuer';
  if (compareVersions(version, '3.0.0') < 0) return 'it does not check the audience, and knows one issuer';
  return 'it knows only one of Scalekit’s two issuers';
}

function namesOf(all: readonly Mention[], of: 'file' | 'text'): string {
  return [...new Set(all.map((each) => each[of]))].join(', ');
}

export default defineCheck({
  code: 'SKM134',
  level: 'error',
  side: 'code',
  holds: 'FastMCP checks Scalekit’s tokens as it should',
  title: 'This version of FastMCP checks Scalekit’s tokens wrongly',
  why: 'It refuses good tokens, or accepts tokens that are meant for another server, depending on the version.',
  fix: 'Ask for the version above in your requirements, install it, and start the server again.',
  run: (facts) =>
    withProject(facts, (project) => {
      const fact = project.packages.find(({ ecosystem, name }) => ecosystem === 'pypi' && name === 'fastmcp');
      if (fact === undefined || !usesScalekit(project))
        return skipped('It is not a FastMCP project with Scalekit');
      if (project.checksTokensItself)
        return skipped('Its own source checks the tokens, and not ScalekitProvider');
      const version = versionOf(fact);
      if (version === undefined) return skipped('Which version of FastMCP is used cannot be seen');
      const isWrong =
        compareVersions(version, wrongFastMcp.since) >= 0 &&
        compareVersions(version, wrongFastMcp.fixedIn) < 0;
      if (!isWrong) return passed(`FastMCP ${version}`);
      return found({
        subject: { file: fact.file, line: fact.line },
        actual: `FastMCP ${version}: ${mistakeOf(version)}`,
        expected: `fastmcp>=${wrongFastMcp.fixedIn}`,
        ...(project.removedArguments.length === 0
          ? {}
          : {
              fix: `Ask for the version above, and in ${namesOf(project.removedArguments, 'file')} move ${namesOf(project.removedArguments, 'text')} from FastMCP(…) to mcp.run(…): the newer version does not start otherwise.`,
            }),
      });
    }),
});
