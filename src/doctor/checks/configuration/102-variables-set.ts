import { byteOrderMark } from '../../../project/env-text.ts';
import { type VariableName, variableAliases } from '../../../scalekit/index.ts';
import { defineCheck, withProject } from '../../check.ts';
import type { Mention, ProjectFacts, Setting } from '../../facts/index.ts';
import { type MisnamedLine, misspelt } from '../../misspelt.ts';
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

/** The value is there, under a name that the program does not read. */
function misnamed({ name, file, line }: MisnamedLine, asked: string, why: string): Partial<Finding> {
  return {
    actual: `not set; ${file}:${line} sets ${name}, ${why}`,
    fix: `Write ${asked} instead of ${name} in ${file}, line ${line}.`,
    edits: [{ kind: 'replace', file, before: `${name}=`, after: `${asked}=` }],
  };
}

/** @returns where the program reads a variable, if it reads none of the names that its value is set under. */
function readOtherwise(setting: Setting, { variableReads, kind }: ProjectFacts): Mention | undefined {
  const { variable, name, source, isDerived } = setting;
  // FastMCP reads its own variables itself, and a name from the shell may be meant for another program.
  if (kind === 'generated' || source !== 'file' || isDerived || name.startsWith('FASTMCP_')) return undefined;
  const names = [variable, ...variableAliases[variable]];
  const reads = variableReads.filter(({ text }) => names.includes(text));
  return reads.some(({ text, hasDefault }) => text === name || hasDefault) ? undefined : reads[0];
}

function notSet(project: ProjectFacts, variable: VariableName): Finding {
  const asked = nameInSource(project, variable);
  const file = project.envFiles.find(({ unread }) => !unread)?.file ?? '.env';
  const near = misspelt(asked, project);
  return {
    subject: { variable: asked, file },
    actual: 'not set',
    expected: expected[variable],
    ...(near === undefined ? {} : misnamed(near, asked, 'which is another name')),
  };
}

/** @returns what is wrong with a needed variable. */
function problemOf(project: ProjectFacts, variable: VariableName): readonly Finding[] {
  const setting = settingOf(project, variable);
  if (setting === undefined) return [notSet(project, variable)];
  if (setting.value === '')
    return isHidden(setting, project)
      ? [hidden(setting)]
      : [{ subject: placeOf(setting), actual: 'empty', expected: expected[variable] }];
  const read = readOtherwise(setting, project);
  if (read === undefined) return [];
  const { file = '.env', line = 1, name } = setting;
  const why = `and ${read.file}:${read.line} reads ${read.text}`;
  return [
    {
      subject: { variable: read.text, file },
      expected: expected[variable],
      ...misnamed({ file, line, name }, read.text, why),
    },
  ];
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
      return found(...needed(project).flatMap((variable) => problemOf(project, variable)));
    }),
});

const expected: Readonly<Record<VariableName, string>> = {
  PORT: 'a port, such as 3002',
  SCALEKIT_ENVIRONMENT_URL: 'https://<name>.scalekit.dev, from Dashboard > Settings',
  SCALEKIT_CLIENT_ID: 'skc_…, from Dashboard > Settings > API credentials',
  SCALEKIT_RESOURCE_ID: 'res_…, from Dashboard > MCP Servers > your server',
  MCP_URL: 'the public base URL of this server, such as http://localhost:3002/',
};
