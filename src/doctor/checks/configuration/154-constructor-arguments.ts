import { versionOf } from '../../advisories.ts';
import { defineCheck, withProject } from '../../check.ts';
import type { PackageFact, RemovedArgument } from '../../facts/index.ts';
import { type Finding, found, passed, skipped } from '../../model.ts';
import { compareVersions } from '../../versions.ts';

/** FastMCP refuses them since 3.4 (docs/scalekit.md; its own list `_REMOVED_KWARGS`). */
const removedIn = '3.4.0';

/** Only mcp 2 has the class MCPServer, so its version does not matter. */
function ofMcpServer({ text, file, line }: RemovedArgument): Finding {
  return {
    subject: { file, line },
    title: 'MCPServer does not start: its constructor does not take an argument',
    actual: `MCPServer(…, ${text}=…)`,
    expected: `mcp.run(transport="streamable-http", ${text}=…)`,
    why: 'FastMCP of mcp 1 took it. In mcp 2 that class is MCPServer, which ends with a TypeError; it belongs to mcp.run(…) or mcp.streamable_http_app(…).',
    fix: `Take ${text} out of MCPServer(…) in ${file}, and pass it to mcp.run(transport="streamable-http", ${text}=…, …) or mcp.streamable_http_app(${text}=…).`,
  };
}

/** Nothing keeps pip from installing the newest: there is no upper bound, and no version is installed. */
function isNewest({ range }: PackageFact): boolean {
  return !/<|==|~=|\^/.test(range);
}

export default defineCheck({
  code: 'SKM154',
  level: 'error',
  side: 'code',
  holds: 'FastMCP takes all the arguments that it is given',
  title: 'FastMCP does not start: its constructor no longer takes an argument',
  why: 'Older guides pass it to FastMCP(…). Since FastMCP 3.4 that ends the program with a TypeError; it belongs to mcp.run(…).',
  fix: 'Take it out of FastMCP(…), and pass it to mcp.run(transport="http", …).',
  explains: ['SKM301', 'SKM302'],
  run: (facts) =>
    withProject(facts, ({ packages, removedArguments: removed }) => {
      const others = removed.filter(({ of }) => of === 'MCPServer').map(ofMcpServer);
      if (others.length > 0) return found(...others);
      const removedArguments = removed.filter(({ of }) => of === 'FastMCP');
      const fact = packages.find(({ ecosystem, name }) => ecosystem === 'pypi' && name === 'fastmcp');
      if (removedArguments.length === 0) return passed();
      const version = fact === undefined ? undefined : versionOf(fact);
      if (version !== undefined && compareVersions(version, removedIn) < 0)
        return passed(`FastMCP ${version} takes them`);
      if (version === undefined && fact !== undefined && !isNewest(fact))
        return skipped('Which FastMCP is used cannot be seen');
      return found(
        ...removedArguments.map(({ text, file, line }) => ({
          subject: { file, line },
          actual: `FastMCP(…, ${text}=…) with FastMCP ${version ?? 'as pip installs it today'}`,
          expected: `mcp.run(transport="http", ${text}=…)`,
          fix: `Take ${text} out of FastMCP(…) in ${file}, and pass it to mcp.run(transport="http", ${text}=…, …).`,
        })),
      );
    }),
});
