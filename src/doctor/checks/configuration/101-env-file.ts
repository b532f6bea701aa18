import { defineCheck, withProject } from '../../check.ts';
import type { EnvFile, ProjectFacts } from '../../facts/index.ts';
import { misspelt } from '../../misspelt.ts';
import { type Finding, found, passed, skipped } from '../../model.ts';
import { nameInSource, usesScalekit } from '../../settings.ts';

function describeUnreadable({ file, unreadable }: EnvFile): readonly Finding[] {
  if (unreadable === undefined) return [];
  return [
    {
      subject: { file },
      title: 'The file with the project’s settings cannot be read',
      actual: unreadable,
      expected: 'a text file that you can read',
      fix: unreadable.includes('UTF-8')
        ? `Save ${file} as UTF-8 in your editor.`
        : `Make ${file} readable, or copy .env.example to it and fill in the values.`,
    },
  ];
}

/** What a file that nothing reads contains. */
function asideOf(aside: EnvFile | undefined): string {
  return aside === undefined ? '' : `; ${aside.file} has them, and nothing of this project reads it`;
}

/** Every name may be misspelt alike. */
function nearOf(project: ProjectFacts): string {
  const near = misspelt(nameInSource(project, 'SCALEKIT_ENVIRONMENT_URL'), project);
  return near === undefined ? '' : `; ${near.file}:${near.line} sets ${near.name}, which is another name`;
}

/** docs/scalekit.md#documented-failures, 3. */
export default defineCheck({
  code: 'SKM101',
  level: 'error',
  side: 'env',
  holds: 'The project has Scalekit settings',
  title: 'The project has no Scalekit settings',
  why: 'The server does not know who signs its users in, so it cannot start, or protects nothing.',
  explains: ['SKM102', 'SKM113', 'SKM301', 'SKM302'],
  fix: 'Make a file .env with the names above, and fill in the values from Scalekit’s dashboard > MCP Servers > your server.',
  run: (facts) =>
    withProject(facts, (project) => {
      const { settings, envFiles } = project;
      if (settings.some(({ variable }) => variable.startsWith('SCALEKIT_'))) return passed();
      if (!usesScalekit(project)) return skipped('Nothing in this project speaks of Scalekit');
      const read = envFiles.filter(({ unread }) => !unread);
      const seen = read.map(({ file }) => file).join(' and ');
      const unreadable = read.flatMap(describeUnreadable);
      if (unreadable.length > 0) return found(...unreadable);
      const aside = envFiles.find(
        ({ unread, lines }) => unread && lines.some(({ name }) => name.startsWith('SCALEKIT_')),
      );
      return found({
        subject: { file: '.env' },
        actual: `${seen === '' ? 'no .env file' : `${seen} without a SCALEKIT_… variable`}${asideOf(aside)}${nearOf(project)}`,
        expected: (['SCALEKIT_ENVIRONMENT_URL', 'SCALEKIT_RESOURCE_ID', 'MCP_URL'] as const)
          .map((variable) => nameInSource(project, variable))
          .join(', '),
        // A copy would overwrite an existing .env.
        ...(project.examples[0] === undefined || seen !== ''
          ? {}
          : {
              fix: `Copy ${project.examples[0]} to .env (cp ${project.examples[0]} .env) and fill in the values from Scalekit’s dashboard > MCP Servers > your server.`,
            }),
      });
    }),
});
