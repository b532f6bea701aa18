import { checkMcpUrl, isThisMachine, isUrl } from '../../../scalekit/index.ts';
import { defineCheck, withProject } from '../../check.ts';
import type { ProjectFacts, Setting } from '../../facts/index.ts';
import { found } from '../../model.ts';
import { placeOf, settingOf } from '../../settings.ts';

function isLocal(setting: Setting): boolean {
  return isUrl(setting.value) && isThisMachine(new URL(setting.value));
}

/** Why these are settings for production, or undefined if they are not. */
function sayingProduction(project: ProjectFacts): string | undefined {
  if (project.nodeEnv?.value === 'production') return 'NODE_ENV=production';
  const mcpUrl = settingOf(project, 'MCP_URL');
  const url = checkMcpUrl(mcpUrl?.value ?? '');
  return url.ok && !isThisMachine(new URL(url.value)) ? `${mcpUrl?.name}=${url.value}` : undefined;
}

/** docs/mcp.md#transport: no local Scalekit in production. */
export default defineCheck({
  code: 'SKM116',
  level: 'error',
  side: 'env',
  holds: 'Production uses the real Scalekit',
  title: 'Settings for production point to the local Scalekit',
  why: 'The local Scalekit gives a token to whoever asks. A server that trusts it is open to everyone.',
  fix: 'Set SCALEKIT_ENVIRONMENT_URL to your environment’s URL from Scalekit’s dashboard > Settings.',
  run: (facts) =>
    withProject(facts, (project) => {
      const reason = sayingProduction(project);
      const own = settingOf(project, 'SCALEKIT_ENVIRONMENT_URL');
      const shipped = project.production.filter(({ variable }) => variable === 'SCALEKIT_ENVIRONMENT_URL');
      const settings = [...(own && reason !== undefined ? [own] : []), ...shipped].filter(isLocal);
      return found(
        ...settings.map((setting) => ({
          subject: placeOf(setting),
          actual: setting === own ? `${setting.value}, with ${reason}` : setting.value,
          expected: 'https://<name>.scalekit.dev, from Dashboard > Settings',
        })),
      );
    }),
});
