import { defineCheck, withProject } from '../../check.ts';
import type { EnvFile, Setting } from '../../facts/index.ts';
import { type Finding, found } from '../../model.ts';

/** The same variable in a file, with another value that is not used. */
function hiddenBy(setting: Setting, files: readonly EnvFile[]): Finding | undefined {
  for (const { file, lines, unread } of files) {
    if (unread) continue;
    const line = lines.find(({ name, value }) => name === setting.name && value !== setting.value);
    if (line === undefined) continue;
    return {
      subject: { file, line: line.line, variable: setting.name },
      actual: `${setting.value === '' ? '(empty)' : setting.value} in this shell, ${line.value} in ${file}`,
      expected: 'the same value, or none in the shell',
    };
  }
  return undefined;
}

export default defineCheck({
  code: 'SKM114',
  level: 'warning',
  side: 'machine',
  holds: 'The shell and .env say the same',
  title: 'A variable of this shell hides the one in .env',
  why: 'What is set in the shell wins, so editing .env changes nothing.',
  fix: 'Remove it from the shell (unset NAME) or from the file that sets it there, then start the server again.',
  run: (facts) =>
    withProject(facts, ({ settings, envFiles }) =>
      found(
        ...settings
          .filter(({ source }) => source === 'environment')
          .map((setting) => hiddenBy(setting, envFiles))
          .filter((finding) => finding !== undefined),
      ),
    ),
});
