import { cp, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { temporaryDirectory } from '../../support/temporary.ts';

/**
 * Copies a generated project for one test, which may change it. The virtual environment is shared.
 * @param files what replaces files of the project, or is added.
 * @param python default: that of the project.
 */
export async function ownProject(
  project: string,
  files: Readonly<Record<string, string | Uint8Array>> = {},
  python = join(project, '.venv/bin/python'),
): Promise<string> {
  const directory = await temporaryDirectory('own');
  await cp(project, directory, { recursive: true, filter: (path) => !path.endsWith('.venv') });
  await symlink(dirname(dirname(python)), join(directory, '.venv'), 'junction');
  for (const [name, content] of Object.entries(files)) await writeFile(join(directory, name), content);
  return directory;
}
