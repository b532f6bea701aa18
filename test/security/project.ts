import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readdir, readFile, rename, rm, stat, symlink, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from '../support/program.ts';
import { createProgram, repository } from '../support/repository.ts';

/** What takes seconds to install is kept between runs, git-ignored, by the hash of what it was made from. */
const cache = join(repository, 'node_modules', '.cache', 'security');

export type Template = 'todo' | 'blank';

async function mustRun(command: string, args: readonly string[], cwd: string): Promise<void> {
  const { code, stdout, stderr } = await run(command, args, { cwd });
  if (code !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${code}:\n${stdout}${stderr}`);
}

/** Makes a folder of the cache once, however many ask at the same time; what it is made in is moved into place whole. */
async function cached(name: string, make: (directory: string) => Promise<void>): Promise<string> {
  const target = join(cache, name);
  if (existsSync(target)) {
    const now = new Date();
    await utimes(target, now, now);
    return target;
  }
  await mkdir(cache, { recursive: true });
  const stage = await mkdtemp(join(cache, 'stage-'));
  try {
    await make(stage);
    await rename(stage, target).catch((error: unknown) => {
      // Another process was quicker.
      if (!existsSync(target)) throw error;
    });
    return target;
  } finally {
    await rm(stage, { recursive: true, force: true });
  }
}

/** Removes what has not been used for an hour: every build of this repository makes new ones. */
async function removeOld(): Promise<void> {
  const names = await readdir(cache).catch(() => []);
  const hour = 60 * 60 * 1000;
  for (const name of names.filter((each) => /^(?:todo|blank|modules|stage)-/.test(each))) {
    const path = join(cache, name);
    if (Date.now() - (await stat(path)).mtimeMs > hour) await rm(path, { recursive: true, force: true });
  }
}

async function hashOf(directory: string): Promise<string> {
  const hash = createHash('sha256');
  const names = await readdir(directory, { recursive: true, withFileTypes: true });
  const files = names.filter((each) => each.isFile()).map((each) => join(each.parentPath, each.name));
  for (const file of files.sort()) {
    hash.update(file.slice(directory.length)).update('\0');
    hash.update(await readFile(file));
  }
  return hash.digest('hex').slice(0, 16);
}

/**
 * Generates a project with the built program, installs and builds it.
 * @returns its directory; not to be written to.
 */
export async function makeProject(template: Template): Promise<string> {
  await mkdir(cache, { recursive: true });
  const fresh = await mkdtemp(join(cache, 'fresh-'));
  try {
    const options = [
      '--yes',
      '--template',
      template,
      '--no-install',
      '--no-git',
      '--no-check',
      '--port',
      '3002',
    ];
    await mustRun(process.execPath, [createProgram, template, ...options], fresh);
    const source = join(fresh, template);
    // Asked for each time, so that it stays as long as the project that stands on it.
    const modules = join(await installed(source), 'node_modules');
    return await cached(`${template}-${await hashOf(source)}`, async (directory) => {
      await cp(source, directory, { recursive: true });
      await symlink(modules, join(directory, 'node_modules'), 'junction');
      await mustRun('npm', ['run', 'build', '--silent'], directory);
    });
  } finally {
    await rm(fresh, { recursive: true, force: true });
    await removeOld();
  }
}

/** Installs the dependencies once for all projects that have the same. */
async function installed(source: string): Promise<string> {
  const hash = createHash('sha256');
  const { name: _, ...manifest } = JSON.parse(await readFile(join(source, 'package.json'), 'utf8'));
  hash.update(JSON.stringify(manifest));
  for (const file of await readdir(join(source, 'vendor')))
    hash.update(await readFile(join(source, 'vendor', file)));
  return cached(`modules-${hash.digest('hex').slice(0, 16)}`, async (directory) => {
    await cp(join(source, 'package.json'), join(directory, 'package.json'));
    await cp(join(source, 'vendor'), join(directory, 'vendor'), { recursive: true });
    await install([], directory);
  });
}

function install(args: readonly string[], directory: string): Promise<void> {
  const quiet = ['--prefer-offline', '--no-audit', '--no-fund', '--loglevel=error'];
  return mustRun('npm', ['install', ...quiet, ...args], directory);
}

/** @returns the path of a Node.js of this major version, from the npm package `node`. */
export async function nodeBinary(major: number): Promise<string> {
  if (process.versions.node.startsWith(`${major}.`)) return process.execPath;
  const directory = await cached(`node-${major}`, (stage) =>
    install(['--prefix', stage, `node@${major}`], stage),
  );
  return join(directory, 'node_modules/node/bin/node');
}

/** @returns a directory in which these packages are installed. */
export function packages(name: string, specifiers: readonly string[]): Promise<string> {
  return cached(name, (stage) => install(['--prefix', stage, ...specifiers], stage));
}
