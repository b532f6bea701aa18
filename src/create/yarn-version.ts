import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type RunOptions, runProgram } from '../project/programs.ts';

/** How a lockfile of Yarn 2 and later begins its first entry. Yarn 1 cannot read it. */
const berry = /^__metadata:/m;

/**
 * Corepack, which the Dockerfile and the workflow use, runs Yarn 1 unless package.json names another. So a project that a
 * later Yarn installed names it; in a workspace the manifest at the root counts, and is its owner's to change.
 * @param options where Yarn has installed: `cwd` is the folder with the lockfile.
 * @param isOurs whether that folder is the new project, and not the root of a workspace.
 * @returns notes for the owner, as sentences.
 */
export async function nameYarn(options: RunOptions, isOurs: boolean): Promise<readonly string[]> {
  const lockfile = await readFile(join(options.cwd, 'yarn.lock'), 'utf8').catch(() => '');
  if (!berry.test(lockfile)) return [];
  const path = join(options.cwd, 'package.json');
  const manifest = JSON.parse(await readFile(path, 'utf8'));
  if (manifest.packageManager !== undefined || manifest.devEngines?.packageManager !== undefined) return [];
  const { exitCode, stdout } = await runProgram('yarn', ['--version'], options);
  const version = stdout.trim();
  if (exitCode !== 0 || !/^\d+\.\d+\.\d+/.test(version)) return [];
  const packageManager = `yarn@${version}`;
  if (!isOurs)
    return [
      `The Dockerfile and CI run the Yarn that ${path} names, and Yarn 1 if it names none: add "packageManager": "${packageManager}" to it.`,
    ];
  await writeFile(path, `${JSON.stringify({ ...manifest, packageManager }, undefined, 2)}\n`);
  return [];
}
