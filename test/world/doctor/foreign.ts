import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Emulator } from '../../../src/emulator/index.ts';
import { doctorIn } from '../../doctor/live/in-process.ts';
import { freePort, isTaken } from '../../support/ports.ts';
import { Program } from '../../support/program.ts';
import { registryEnvironment } from '../../support/registry.ts';
import { temporaryDirectory } from '../../support/temporary.ts';
import { until } from '../../support/waiting.ts';

/** Projects with other people's frameworks, as their owners have them, and what the doctor says about them. */

export type Files = Readonly<Record<string, string>>;
export type Packages = Readonly<Record<string, string>>;

/** Makes a folder once for each combination of packages; kept between runs, since an install takes a while. */
async function keptFolder(
  name: string,
  asked: unknown,
  fill: (folder: string) => Promise<void> | void,
): Promise<string> {
  const hash = createHash('sha256').update(JSON.stringify(asked)).digest('hex').slice(0, 8);
  const folder = join(tmpdir(), `scalekit-mcp-${name}-${hash}`);
  if (existsSync(join(folder, 'ready'))) return folder;
  await mkdir(folder, { recursive: true });
  await fill(folder);
  await writeFile(join(folder, 'ready'), '');
  return folder;
}

/** Installs npm packages. @returns the folder with `node_modules`. */
export function installed(
  name: string,
  packages: Packages,
  options: readonly string[] = [],
): Promise<string> {
  return keptFolder(name, [packages, options], async (folder) => {
    await writeFile(join(folder, 'package.json'), JSON.stringify({ private: true, dependencies: packages }));
    const install = [
      'install',
      '--no-audit',
      '--no-fund',
      '--ignore-scripts',
      '--loglevel=error',
      ...options,
    ];
    execFileSync('npm', install, {
      cwd: folder,
      env: { ...process.env, ...registryEnvironment() },
      stdio: 'ignore',
      shell: process.platform === 'win32',
    });
  });
}

/** A Python that can make virtual environments, or undefined if there is none. */
export const python = ['python3', 'python'].find((name) => {
  try {
    execFileSync(name, ['-c', 'import venv, sys; sys.exit(sys.version_info < (3, 10))'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
});

/** Installs Python packages. @returns their virtual environment. */
export function virtualEnvironment(name: string, packages: readonly string[]): Promise<string> {
  return keptFolder(name, packages, (folder) => {
    execFileSync(python ?? 'python3', ['-m', 'venv', folder], { stdio: 'ignore' });
    execFileSync(join(folder, 'bin/python'), ['-m', 'pip', 'install', '-q', ...packages], {
      stdio: 'ignore',
    });
  });
}

export interface Project {
  readonly directory: string;
  readonly port: number;
}

/** The variables of the guides, for a server on this machine. */
export function envOf(emulator: Emulator): string {
  return `PORT=<PORT>\nSCALEKIT_ENVIRONMENT_URL=${emulator.url}\nSCALEKIT_CLIENT_ID=skc_1000000000000002\nSCALEKIT_RESOURCE_ID=${emulator.resourceId}\nMCP_URL=http://localhost:<PORT>/\n`;
}

/**
 * A project of these files; `<PORT>` in a text becomes a free port.
 * @param links folders of packages, by the name that they have in the project.
 */
export async function folderOf(files: Files, links: Files): Promise<Project> {
  const directory = await temporaryDirectory();
  const port = await freePort();
  for (const [file, text] of Object.entries({ '.gitignore': '.env\n', ...files })) {
    await mkdir(dirname(join(directory, file)), { recursive: true });
    await writeFile(join(directory, file), text.replaceAll('<PORT>', String(port)), { mode: 0o600 });
  }
  for (const [name, target] of Object.entries(links)) await symlink(target, join(directory, name));
  return { directory, port };
}

/** A Node project, with its packages linked in. `package.json` among the files is its start script. */
export function nodeProject(
  emulator: Emulator,
  packages: string,
  dependencies: Packages,
  files: Files,
): Promise<Project> {
  const start = files['package.json'] ?? 'node index.js';
  const manifest = { name: 'todo', type: 'module', scripts: { start }, dependencies };
  return folderOf(
    { '.env': envOf(emulator), ...files, 'package.json': JSON.stringify(manifest) },
    { node_modules: join(packages, 'node_modules') },
  );
}

/** A Python project. Its virtual environment has a name of its own, which the doctor has to find. */
export function pythonProject(
  emulator: Emulator,
  environment: string,
  requirements: string,
  files: Files,
): Promise<Project> {
  return folderOf(
    { '.env': envOf(emulator), 'requirements.txt': requirements, ...files },
    { 'my-environment': environment },
  );
}

const nodeEnvironment = (port: number) => ({
  PORT: String(port),
  __PORT: String(port),
  NODE_ENV: 'production',
});

/** Starts a program in a project, and waits until it listens. It ends with the test. */
export async function running(
  { directory, port }: Project,
  words: readonly string[],
  command = process.execPath,
): Promise<void> {
  const options = {
    cwd: directory,
    group: true,
    env: command === process.execPath ? nodeEnvironment(port) : {},
  };
  const program = new Program(command, words, options);
  onTestFinished(async () => void (await program.kill()));
  await until(
    'the server listens',
    async () => {
      if (!program.running) throw new Error(program.output);
      return isTaken(port);
    },
    120_000,
  );
}

/** The same with the Python of the project. */
export function runningPython(project: Project, words: readonly string[]): Promise<void> {
  return running(project, words, join(project.directory, 'my-environment/bin/python'));
}

export interface Found {
  readonly code: string;
  readonly level: string;
  readonly state: string;
  readonly title: string;
  readonly actual?: string;
  readonly fix?: string;
  readonly consequences?: readonly Found[];
}

/** @returns what the doctor finds: all findings, the codes above advice, and the first one. */
export async function examine({ directory }: Pick<Project, 'directory'>, ...args: readonly string[]) {
  const { exitCode, output } = await doctorIn(directory, { PATH: process.env.PATH ?? '' })([
    '--json',
    ...args,
  ]);
  const results = JSON.parse(output).results as readonly Found[];
  const found = results.filter(({ state }) => state === 'found');
  const above = [...new Set(found.filter(({ level }) => level !== 'advice').map(({ code }) => code))];
  return { exitCode, found, above, first: found[0] };
}
