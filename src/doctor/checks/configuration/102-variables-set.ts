import { byteOrderMark } from '../../../project/env-text.ts';
import { type VariableName, variableAliases } from '../../../scalekit/index.ts';
import { defineCheck, withProject } from '../../check.ts';
import type { ProjectFacts, Setting } from '../../facts/index.ts';
import { type Finding, found, skipped } from '../../model.ts';
import { nameInSource, placeOf, settingOf } from '../../settings.ts';

/** Our server needs three; any other project needs those that its source reads without a default. */
function needed(project: ProjectFacts): readonly VariableName[] {
  const own: readonly VariableName[] = ['SCALEKIT_ENVIRONMENT_URL', 'SCALEKIT_RESOURCE_ID', 'MCP_URL'];
  if (project.kind === 'generated') return own;
  const isRead = (variable: VariableName) => {
    const names = [variable, ...variableAliases[variable]];
    return project.variableReads.some(({ text, hasDefault }) => names.includes(text) && !hasDefault);
  };
  return own.filter(isRead);
}

/** For the program, the variable's name starts with the byte order mark. */
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
    why: 'Some editors put the mark at the beginning of a file. To the server it is part of the name.',
    fix: 'Remove the mark: save the file as UTF-8 without BOM.',
    edits: file === undefined ? [] : [{ kind: 'replace', file, before: byteOrderMark, after: '' }],
  };
}

/** The same name in other letter case, which for a program is another name. */
function nearMiss(variable: VariableName, { envFiles }: ProjectFacts): string {
  const lines = envFiles.flatMap((file) => file.lines.map((line) => ({ ...line, file: file.file })));
  const near = lines.find(({ name }) => name !== variable && name.toUpperCase() === variable);
  return near === undefined ? '' : `; ${near.file}:${near.line} sets ${near.name}, which is another name`;
}

/** docs/scalekit.md#documented-failures, 3. */
export default defineCheck({
  code: 'SKM102',
  level: 'error',
  side: 'env',
  holds: 'Every variable that the server needs is set',
  title: 'A variable that the server needs is not set',
  why: 'Without it the server cannot tell which tokens are meant for it.',
  fix: 'Add it to .env. All values are in Scalekit’s dashboard: Settings, and MCP Servers > your server.',
  explains: ['SKM301', 'SKM302'],
  run: (facts) =>
    withProject(facts, (project) => {
      if (!project.settings.some(({ variable }) => variable.startsWith('SCALEKIT_')))
        return skipped('There are no Scalekit settings at all');
      const file = project.envFiles.find(({ unread }) => !unread)?.file ?? '.env';
      const findings = needed(project).flatMap((variable): readonly Finding[] => {
        const setting = settingOf(project, variable);
        if (setting !== undefined && setting.value !== '') return [];
        const subject =
          setting === undefined ? { variable: nameInSource(project, variable), file } : placeOf(setting);
        if (setting !== undefined && isHidden(setting, project)) return [hidden(setting)];
        return [
          {
            subject,
            actual: setting === undefined ? `not set${nearMiss(variable, project)}` : 'empty',
            expected: expected[variable],
          },
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
