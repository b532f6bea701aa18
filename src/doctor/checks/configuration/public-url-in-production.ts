import { checkMcpUrl, isLoopback } from '../../../scalekit/index.ts';
import { type Check, withProject } from '../../check.ts';
import { found } from '../../model.ts';
import { placeOf, settingOf } from '../../settings.ts';

function isLocal(value: string): boolean {
  const url = checkMcpUrl(value);
  return url.ok && isLoopback(new URL(url.value));
}

export const publicUrlInProduction: Check = {
  code: 'SKM117',
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
};
