import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm, utimes } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { withFileLock } from '../../src/project/file-lock.ts';
import type { Need } from './needs.ts';
import { run } from './program.ts';

/**
 * Where tests keep what they install from registries: outside `node_modules`, which `npm ci` removes. One folder for all
 * checkouts of a person; what is in it carries its version in its name and never changes.
 */
export const packageCache = join(
  process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'),
  'create-scalekit-mcp',
  'packages',
);

/** What is needed to install Python packages. */
export const pythonNeeds: readonly Need[] = [
  {
    what: 'Python 3.11 with venv',
    present:
      spawnSync('python3', ['-c', 'import ensurepip, sys; assert sys.version_info >= (3, 11)']).status === 0,
    install: 'apt-get install python3-venv',
  },
];

/** Runs a program to its end. @throws Error with its output if it fails. */
export async function mustRun(command: string, args: readonly string[], cwd: string): Promise<void> {
  const { code, stdout, stderr } = await run(command, args, { cwd });
  if (code !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${code}:\n${stdout}${stderr}`);
}

/**
 * Makes a cache folder once, however many callers there are: test files that start together wait for one install.
 * It is made elsewhere and moved into place as a whole.
 */
export async function cached(
  cache: string,
  name: string,
  make: (directory: string) => Promise<void>,
): Promise<string> {
  const target = join(cache, name);
  await mkdir(cache, { recursive: true });
  if (!existsSync(target))
    await withFileLock(cache, `${name}.lock`, new AbortController().signal, () => makeInPlace(target, make));
  const now = new Date();
  await utimes(target, now, now);
  return target;
}

async function makeInPlace(target: string, make: (directory: string) => Promise<void>): Promise<void> {
  if (existsSync(target)) return;
  const stage = await mkdtemp(join(dirname(target), 'stage-'));
  try {
    await make(stage);
    await rename(stage, target).catch((error: unknown) => {
      // Another process was quicker: a lock that is held for long is broken.
      if (!existsSync(target)) throw error;
    });
  } finally {
    await rm(stage, { recursive: true, force: true });
  }
}

/** Installs a folder's dependencies, and more, as quietly as npm can. */
export function npmInstall(specifiers: readonly string[], directory: string): Promise<void> {
  const quiet = ['--prefer-offline', '--no-audit', '--no-fund', '--loglevel=error'];
  return mustRun('npm', ['install', ...quiet, ...specifiers], directory);
}

/** @returns a directory in whose `node_modules` these packages are, e.g. `['mcp-remote@0.15.1']`. */
export function npmPackages(specifiers: readonly string[]): Promise<string> {
  const name = `npm-${specifiers.join('+').replaceAll(/[^\w.+-]+/g, '-')}`;
  return cached(packageCache, name, (stage) =>
    npmInstall(['--prefix', stage, '--save-exact', ...specifiers], stage),
  );
}

/** @returns the Python of a virtual environment with these packages, e.g. `['fastmcp==4.2.3']`. */
export async function pythonPackages(specifiers: readonly string[]): Promise<string> {
  const name = `pypi-${specifiers.join('+').replaceAll(/[^\w.+=-]+/g, '-')}`;
  const directory = join(packageCache, name);
  const python = join(directory, 'bin', 'python');
  if (existsSync(join(directory, 'complete'))) return python;
  // A virtual environment contains its own path, so it has to be made in its final place.
  await rm(directory, { recursive: true, force: true });
  await mkdir(packageCache, { recursive: true });
  await mustRun('python3', ['-m', 'venv', directory], packageCache);
  await mustRun(python, ['-m', 'pip', 'install', '--quiet', ...specifiers], packageCache);
  await mkdir(join(directory, 'complete'));
  return python;
}

/** @returns the path of a Node.js of this major version, from the npm package `node`. */
export async function nodeBinary(major: number): Promise<string> {
  if (process.versions.node.startsWith(`${major}.`)) return process.execPath;
  return join(await npmPackages([`node@${major}`]), 'node_modules/node/bin/node');
}
