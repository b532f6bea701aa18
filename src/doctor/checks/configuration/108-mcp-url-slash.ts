import { checkMcpUrl } from '../../../scalekit/index.ts';
import { slashFastMcp, versionOf } from '../../advisories.ts';
import { defineCheck, withSetting } from '../../check.ts';
import type { ProjectFacts } from '../../facts/index.ts';
import { found, passed, skipped } from '../../model.ts';
import { isBaseUrl, wrongValue } from '../../settings.ts';
import { compareVersions } from '../../versions.ts';

/** FastMCP 2.13.0 and 2.13.1 compare the token's audience with this URL, character by character. */
function refusesWithoutSlash(project: ProjectFacts): boolean {
  const fastmcp = project.packages.find(({ ecosystem, name }) => ecosystem === 'pypi' && name === 'fastmcp');
  const version = fastmcp === undefined ? undefined : versionOf(fastmcp);
  return (
    version !== undefined &&
    compareVersions(version, slashFastMcp.since) >= 0 &&
    compareVersions(version, slashFastMcp.before) < 0
  );
}

/** docs/scalekit.md#documented-failures, 2, and docs/scalekit.md#the-trailing-slash. */
export default defineCheck({
  code: 'SKM108',
  level: 'warning',
  side: 'env',
  holds: 'MCP_URL ends with a slash',
  title: 'MCP_URL has no slash at its end',
  why: 'It has to be the same text as the Server URL in Scalekit’s dashboard, which ends with a slash. Some servers compare the two character by character.',
  fix: 'Add the slash, and keep the Server URL in the dashboard the same.',
  run: (facts) =>
    withSetting(facts, 'MCP_URL', (setting, project) => {
      if (!isBaseUrl(setting, project)) return skipped(`${setting.name} is not a base URL, by its name`);
      if (project.kind === 'mcp-use' || project.kind === 'xmcp')
        return skipped(`${project.kind} wants its URL without a slash`);
      const checked = checkMcpUrl(setting.value);
      if (!checked.ok || setting.value.endsWith('/') || checked.notes.length === 0) return passed();
      if (/\/mcp$/.test(setting.value)) return skipped('It ends in /mcp');
      const level = refusesWithoutSlash(project) ? { level: 'error' as const } : {};
      return found({ ...wrongValue(setting, checked.value), ...level });
    }),
});
