import { createHash } from 'node:crypto';
import { cp, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parse } from 'smol-toml';
import { cached, mustRun, npmInstall, pythonPackages } from '../support/packages.ts';
import { createProgram, repository } from '../support/repository.ts';

/** Whether servers in Python are attacked, in place of those in TypeScript (`npm run attack -- --language python`). */
export const isPythonAsked = () => process.env.SERVER_LANGUAGE === 'python';

/** The same for tests: the project `python` of vitest.config.ts runs some of the files here a second time. */
export const inPython = isPythonAsked();

/** What takes seconds to install is kept between runs, git-ignored, by the hash of what it was made from. */
const cache = join(repository, 'node_modules', '.cache', 'security');

export type Template = 'todo' | 'blank';

export interface ProjectOptions {
  /** More options of create, such as `['--store', 'postgres']`. */
  readonly options?: readonly string[];
  /** Packages that its owner has added: name and version range. */
  readonly packages?: Readonly<Record<string, string>>;
}

/** Removes what has not been used for an hour: every build of this repository makes new ones. */
async function removeOld(): Promise<void> {
  const names = await readdir(cache).catch(() => []);
  const hour = 60 * 60 * 1000;
  for (const name of names.filter((each) => /^(?:todo|blank|modules|stage)-/.test(each))) {
    const path = join(cache, name);
    // Other tests may be removing them too.
    const { mtimeMs } = await stat(path).catch(() => ({ mtimeMs: 0 }));
    if (Date.now() - mtimeMs > hour) await rm(path, { recursive: true, force: true });
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
 * Generates a project in Python. Its packages are installed once for all such projects, next to the cache of other packages.
 * @param packages that its owner has added, such as `redis>=8,<9`.
 * @returns its directory; not to be written to.
 */
export async function makePythonProject(
  template: Template,
  packages: readonly string[] = [],
): Promise<string> {
  const fresh = await mkdtemp(join(tmpdir(), 'fresh-'));
  try {
    const options = ['--language', 'python', '--template', template, '--port', '3002'];
    const steps = ['--yes', '--no-install', '--no-git', '--no-check'];
    await mustRun(process.execPath, [createProgram, template, ...options, ...steps], fresh);
    const source = join(fresh, template);
    const { project } = parse(await readFile(join(source, 'pyproject.toml'), 'utf8')) as {
      project: { dependencies: string[] };
    };
    // Asked for each time, so that it stays as long as the project that was built on it.
    const python = await pythonPackages([...project.dependencies, ...packages]);
    const name = [template, 'python', ...packages, await hashOf(source)].join('-');
    return await cached(cache, name.replaceAll(/[^\w-]+/g, '_'), async (directory) => {
      await cp(source, directory, { recursive: true });
      await symlink(dirname(dirname(python)), join(directory, '.venv'), 'junction');
    });
  } finally {
    await rm(fresh, { recursive: true, force: true });
    await removeOld();
  }
}

/**
 * Generates a project with the built program, installs and builds it.
 * @returns its directory; not to be written to.
 */
export async function makeProject(
  template: Template,
  { options: more = [], packages = {} }: ProjectOptions = {},
): Promise<string> {
  if (isPythonAsked()) return makePythonProject(template);
  // Outside this repository, or create would write the project's own path into the workflow and no two would be alike.
  const fresh = await mkdtemp(join(tmpdir(), 'fresh-'));
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
      ...more,
    ];
    await mustRun(process.execPath, [createProgram, template, ...options], fresh);
    const source = join(fresh, template);
    await addPackages(join(source, 'package.json'), packages);
    // Asked for each time, so that it stays as long as the project that was built on it.
    const modules = join(await installed(source), 'node_modules');
    return await cached(cache, `${template}-${await hashOf(source)}`, async (directory) => {
      await cp(source, directory, { recursive: true });
      await symlink(modules, join(directory, 'node_modules'), 'junction');
      await mustRun('npm', ['run', 'build', '--silent'], directory);
    });
  } finally {
    await rm(fresh, { recursive: true, force: true });
    await removeOld();
  }
}

async function addPackages(file: string, packages: Readonly<Record<string, string>>): Promise<void> {
  const manifest = JSON.parse(await readFile(file, 'utf8'));
  const dependencies = { ...manifest.dependencies, ...packages };
  await writeFile(file, JSON.stringify({ ...manifest, dependencies }, null, 2));
}

/** Installs the dependencies once for all projects that have the same. */
async function installed(source: string): Promise<string> {
  const hash = createHash('sha256');
  const { name: _, ...manifest } = JSON.parse(await readFile(join(source, 'package.json'), 'utf8'));
  hash.update(JSON.stringify(manifest));
  for (const file of await readdir(join(source, 'vendor')))
    hash.update(await readFile(join(source, 'vendor', file)));
  return cached(cache, `modules-${hash.digest('hex').slice(0, 16)}`, async (directory) => {
    await cp(join(source, 'package.json'), join(directory, 'package.json'));
    await cp(join(source, 'vendor'), join(directory, 'vendor'), { recursive: true });
    await npmInstall([], directory);
  });
}
