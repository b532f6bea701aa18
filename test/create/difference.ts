import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { File } from '../../src/create/answers.ts';
import { run } from '../support/program.ts';
import { temporaryDirectory } from '../support/temporary.ts';

/** @returns what differs between two projects, as a unified diff; added and removed files are shown in full. */
export async function differenceOf(before: readonly File[], after: readonly File[]): Promise<string> {
  const cwd = await temporaryDirectory();
  for (const [side, files] of Object.entries({ a: before, b: after }))
    for (const { path, content } of files) {
      await mkdir(dirname(join(cwd, side, path)), { recursive: true });
      await writeFile(join(cwd, side, path), content);
    }
  const options = ['--no-index', '--no-color', '--no-ext-diff', '--no-renames', '--no-prefix', '--unified=1'];
  const env = { GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1' };
  const { code, stdout, stderr } = await run('git', ['diff', ...options, 'a', 'b'], { cwd, env });
  if (code !== 0 && code !== 1) throw new Error(`git diff ended with ${code}: ${stderr}`);
  // The ids of the contents would change with every line that both have; the header repeats the paths.
  return stdout.replaceAll(/^(?:index|diff) .*\n/gm, '');
}
