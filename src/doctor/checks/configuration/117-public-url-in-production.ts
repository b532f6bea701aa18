import { checkMcpUrl, isLoopback } from '../../../scalekit/index.ts';
import { defineCheck, withProject } from '../../check.ts';
import { found } from '../../model.ts';
import { placeOf, settingOf } from '../../settings.ts';

function isLocal(value: string): boolean {
  const url = checkMcpUrl(value);
  return url.ok && isLoopback(new URL(url.value));
}

export default defineCheck({
  code: 'SKM117',
  level: 'error',
  side: 'env',
  holds: 'Production has a public MCP_URL',
  title: 'Settings for production have an MCP_URL that only this machine can use',
  why: 'The server tells clients all over the world to connect to localhost.',
  fix: 'Set MCP_URL to the https URL of the deployed server, and use the same Server URL in Scalekit’s dashboard.',
  run: (facts) =>
    withProject(facts, (project) => {
      const own = project.nodeEnv?.value === 'production' ? settingOf(project, 'MCP_URL') : undefined;
      const shipped = project.production.filter(({ variable }) => variable === 'MCP_URL');
      return found(
        ...[...(own ? [own] : []), ...shipped]
          .filter(({ value }) => isLocal(value))
          .map((setting) => ({
            subject: placeOf(setting),
            actual: setting.value,
            expected: 'the https URL under which the world reaches this server',
          })),
      );
    }),
});
