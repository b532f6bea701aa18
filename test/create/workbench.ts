import { mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { File } from '../../src/create/answers.ts';
import { type Ended, run } from '../support/program.ts';
import { repository } from '../support/repository.ts';
import { temporaryDirectory } from '../support/temporary.ts';

/**
 * Puts a planned project where it can be compiled and run without an install: its packages are this repository's, and its
 * `scalekit-mcp` and `scalekit-mcp-server` are this repository's, built.
 * @param into default: a folder that is removed after the test.
 */
export async function putOnWorkbench(files: readonly File[], into?: string): Promise<string> {
  const directory = into ?? (await temporaryDirectory());
  for (const { path, content } of files) {
    await mkdir(dirname(join(directory, path)), { recursive: true });
    await writeFile(join(directory, path), content);
  }
  await mkdir(join(directory, 'node_modules'));
  for (const name of await readdir(join(repository, 'node_modules')))
    if (name !== '@types')
      await symlink(join(repository, 'node_modules', name), join(directory, 'node_modules', name));
  await linkTypes(directory);
  await symlink(repository, join(directory, 'node_modules/scalekit-mcp'));
  const server = join(repository, 'dist/packages/scalekit-mcp-server');
  await symlink(server, join(directory, 'node_modules/scalekit-mcp-server'));
  return directory;
}

/** Types of Node.js are those of the version that the project asks for: 20 as here, or 22. */
async function linkTypes(directory: string): Promise<void> {
  const manifest = await readFile(join(directory, 'package.json'), 'utf8');
  const ofNode = /"@types\/node": "\^22\./.test(manifest) ? 'node-types-22' : '@types/node';
  await mkdir(join(directory, 'node_modules/@types'));
  for (const name of await readdir(join(repository, 'node_modules/@types'))) {
    const types = name === 'node' ? ofNode : `@types/${name}`;
    await symlink(join(repository, 'node_modules', types), join(directory, 'node_modules/@types', name));
  }
}

/** Compiles a project with its own settings. */
export function compile(directory: string, ...args: readonly string[]): Promise<Ended> {
  const tsc = join(repository, 'node_modules/typescript/bin/tsc');
  return run(process.execPath, [tsc, ...args], { cwd: directory });
}
