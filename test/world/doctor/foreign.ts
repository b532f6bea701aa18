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

/** Projects with other people's frameworks, as their owners have them, and what the doctor says of them. */

type Files = Readonly<Record<string, string>>;
type Packages = Readonly<Record<string, string>>;

/** Installs packages once; kept between runs, since an install takes a while. @returns the folder with `node_modules`. */
export async function installed(
  name: string,
  packages: Packages,
  options: readonly string[] = [],
): Promise<string> {
  const asked = createHash('sha256')
    .update(JSON.stringify([packages, options]))
    .digest('hex')
    .slice(0, 8);
  const folder = join(tmpdir(), `scalekit-mcp-${name}-${asked}`);
  if (existsSync(join(folder, 'ready'))) return folder;
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'package.json'), JSON.stringify({ private: true, dependencies: packages }));
  const install = ['install', '--no-audit', '--no-fund', '--ignore-scripts', '--loglevel=error', ...options];
  execFileSync('npm', install, {
    cwd: folder,
    env: { ...process.env, ...registryEnvironment() },
    stdio: 'ignore',
    shell: process.platform === 'win32',
  });
  await writeFile(join(folder, 'ready'), '');
  return folder;
}

export interface Project {
  readonly directory: string;
  readonly port: number;
}

/** A project of these files, with the packages linked in; `<PORT>` in a text becomes a free port. */
export async function projectOf(
  emulator: Emulator,
  packages: string,
  dependencies: Packages,
  files: Files,
): Promise<Project> {
  const directory = await temporaryDirectory();
  const port = await freePort();
  const manifest = {
    name: 'todo',
    type: 'module',
    scripts: { start: files['package.json'] ?? 'node index.js' },
    dependencies,
  };
  const all: Files = {
    '.gitignore': '.env\n',
    '.env': `PORT=<PORT>\nSCALEKIT_ENVIRONMENT_URL=${emulator.url}\nSCALEKIT_RESOURCE_ID=${emulator.resourceId}\nMCP_URL=http://localhost:<PORT>/\n`,
    ...files,
    'package.json': JSON.stringify(manifest),
  };
  for (const [file, text] of Object.entries(all)) {
    await mkdir(dirname(join(directory, file)), { recursive: true });
    await writeFile(join(directory, file), text.replaceAll('<PORT>', String(port)), { mode: 0o600 });
  }
  await symlink(join(packages, 'node_modules'), join(directory, 'node_modules'));
  return { directory, port };
}

/** Starts it with Node, and waits until it listens. It ends with the test. */
export async function running({ directory, port }: Project, words: readonly string[]): Promise<void> {
  const env = { PORT: String(port), __PORT: String(port), NODE_ENV: 'production' };
  const program = new Program(process.execPath, words, { cwd: directory, env });
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

export interface Found {
  readonly code: string;
  readonly level: string;
  readonly state: string;
  readonly title: string;
  readonly actual?: string;
  readonly fix?: string;
}

/** @returns what the doctor finds: all of it, the codes of what is more than advice, and the first. */
export async function examine({ directory }: Project, ...args: readonly string[]) {
  const { exitCode, output } = await doctorIn(directory, { PATH: process.env.PATH ?? '' })([
    '--json',
    ...args,
  ]);
  const results = JSON.parse(output).results as readonly Found[];
  const found = results.filter(({ state }) => state === 'found');
  const above = [...new Set(found.filter(({ level }) => level !== 'advice').map(({ code }) => code))];
  return { exitCode, found, above, first: found[0] };
}
