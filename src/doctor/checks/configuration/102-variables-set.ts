import { byteOrderMark } from '../../../project/env-text.ts';
import type { VariableName } from '../../../scalekit/index.ts';
import { defineCheck, withProject } from '../../check.ts';
import type { ProjectFacts, Setting } from '../../facts.ts';
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

/** To the program the variable has another name, which begins with the mark. */
function isHidden({ file, line }: Setting, { envFiles }: ProjectFacts): boolean {
  return line === 1 && envFiles.some((each) => each.file === file && each.startsWithMark === true);
}

function hidden(setting: Setting): Finding {
  const { file } = setting;
  return {
    subject: placeOf(setting),
    title: 'An invisible mark hides a variable that the server needs',
    actual: 'a byte order mark (BOM) before its name',
    expected: 'the name as the first thing in the file',
    why: 'Some editors put the mark at the beginning of a file. To the server it is a part of the name.',
    fix: 'Take the mark away: save the file as UTF-8 without BOM.',
    edits: file === undefined ? [] : [{ kind: 'replace', file, before: byteOrderMark, after: '' }],
  };
}

/** Facts: Scalekit, documented failure 3. */
export default defineCheck({
  code: 'SKM102',
  level: 'error',
  side: 'env',
  holds: 'Every variable that the server needs is set',
  title: 'A variable that the server needs is not set',
  why: 'Without it the server cannot tell which tokens are meant for it.',
  fix: 'Add it to .env. All values are in Scalekit’s dashboard: Settings, and MCP Servers > your server.',
  run: (facts) =>
    withProject(facts, (project) => {
      if (!project.settings.some(({ variable }) => variable.startsWith('SCALEKIT_')))
        return skipped('There are no Scalekit settings at all');
      const file = project.envFiles.find(({ unread }) => !unread)?.file ?? '.env';
      const findings = needed(project).flatMap((variable): readonly Finding[] => {
        const setting = settingOf(project, variable);
        if (setting !== undefined && setting.value !== '') return [];
        const subject = setting === undefined ? { variable, file } : placeOf(setting);
        if (setting !== undefined && isHidden(setting, project)) return [hidden(setting)];
        return [
          { subject, actual: setting === undefined ? 'not set' : 'empty', expected: expected[variable] },
        ];
      });
      return found(...findings);
    }),
});

const expected: Readonly<Record<VariableName, string>> = {
  PORT: 'a port, such as 3002',
  SCALEKIT_ENVIRONMENT_URL: 'https://<name>.scalekit.dev, from Dashboard > Settings',
  SCALEKIT_CLIENT_ID: 'skc_…, from Dashboard > Settings > API credentials',
  SCALEKIT_RESOURCE_ID: 'res_…, from Dashboard > MCP Servers > your server',
  MCP_URL: 'the public base URL of this server, such as http://localhost:3002/',
};
