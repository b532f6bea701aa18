import { existsSync } from 'node:fs';
import { chmod, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import { run } from '../support/program.ts';
import { repository } from '../support/repository.ts';

/** The package managers themselves, from the registry: each in a folder of its own, which goes first on PATH. */

/** What is installed, and where its program is: Yarn 1 and Yarn 4 go by the same name. */
const sources = {
  npm: undefined,
  pnpm: { package: 'pnpm@12.21.0', program: undefined },
  bun: { package: 'bun@1.4.5', program: undefined },
  yarn1: { package: 'yarn@1.22.22', program: 'yarn/bin/yarn.js' },
  yarn4: { package: '@yarnpkg/cli-dist@4.18.1', program: '@yarnpkg/cli-dist/bin/yarn.js' },
} as const;

export type ManagerCase = keyof typeof sources;
export const managerCases = Object.keys(sources) as readonly ManagerCase[];

/** @returns the value of `--package-manager`. */
export const nameOf = (manager: ManagerCase) => manager.replace(/\d$/, '');

const cache = join(repository, 'node_modules/.cache/package-managers');

/** Installs a package manager once for all runs of the tests. @returns a PATH on which it is found first. */
export async function pathWith(manager: ManagerCase): Promise<string> {
  const source = sources[manager];
  const path = process.env.PATH ?? '';
  if (source === undefined) return path;
  const folder = join(cache, source.package.replaceAll('/', '+'));
  if (!existsSync(folder)) await install(source, folder);
  return [source.program ? join(folder, 'bin') : join(folder, 'node_modules/.bin'), path].join(delimiter);
}

async function install(source: { package: string; program: string | undefined }, folder: string) {
  const stage = `${folder}.${process.pid}`;
  await mkdir(stage, { recursive: true });
  await writeFile(join(stage, 'package.json'), '{"private":true}');
  const args = ['install', '--no-audit', '--no-fund', source.package];
  const { code, stderr } = await run('npm', args, { cwd: stage });
  if (code !== 0) throw new Error(`npm install ${source.package} ended with ${code}: ${stderr}`);
  if (source.program !== undefined) {
    const program = join(stage, 'bin/yarn');
    await mkdir(dirname(program));
    const script = `exec "${process.execPath}" "$(dirname "$0")/../node_modules/${source.program}" "$@"`;
    await writeFile(program, `#!/bin/sh\n${script}\n`);
    await chmod(program, 0o755);
  }
  // Another run may have been quicker.
  await rename(stage, folder).catch(() => rm(stage, { recursive: true, force: true }));
}
