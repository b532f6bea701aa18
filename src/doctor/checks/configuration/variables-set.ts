import type { VariableName } from '../../../scalekit/index.ts';
import { type Check, withProject } from '../../check.ts';
import type { ProjectFacts } from '../../facts.ts';
import { type Finding, found, skipped } from '../../model.ts';
import { placeOf, settingOf } from '../../settings.ts';

/** xmcp finds the resource by itself, and only our production settings insist on the client id. */
function needed(project: ProjectFacts): readonly VariableName[] {
  const isOursInProduction = project.kind === 'generated' && project.nodeEnv?.value === 'production';
  return [
    'SCALEKIT_ENVIRONMENT_URL',
    ...(isOursInProduction ? ['SCALEKIT_CLIENT_ID' as const] : []),
    ...(project.kind === 'xmcp' ? [] : ['SCALEKIT_RESOURCE_ID' as const]),
    'MCP_URL',
  ];
}

/** Facts: Scalekit, documented failure 3. */
export const variablesSet: Check = {
  code: 'SKM102',
  run: (facts) =>
    withProject(facts, (project) => {
      if (!project.settings.some(({ variable }) => variable.startsWith('SCALEKIT_')))
        return skipped('There are no Scalekit settings at all');
      const file = project.envFiles[0]?.file ?? '.env';
      const findings = needed(project).flatMap((variable): readonly Finding[] => {
        const setting = settingOf(project, variable);
        if (setting !== undefined && setting.value !== '') return [];
        const subject = setting === undefined ? { variable, file } : placeOf(setting);
        return [
          { subject, actual: setting === undefined ? 'not set' : 'empty', expected: expected[variable] },
        ];
      });
      return found(...findings);
    }),
};

const expected: Readonly<Record<VariableName, string>> = {
  PORT: 'a port, such as 3002',
  SCALEKIT_ENVIRONMENT_URL: 'https://<name>.scalekit.dev, from Dashboard > Settings',
  SCALEKIT_CLIENT_ID: 'skc_…, from Dashboard > Settings > API credentials',
  SCALEKIT_RESOURCE_ID: 'res_…, from Dashboard > MCP Servers > your server',
  MCP_URL: 'the public base URL of this server, such as http://localhost:3002/',
};
