// A project of a checkout carries our packages in itself. `update` exchanges them for a newer checkout's, and for the registry's once they
// are there, in everything that names them: manifest, lockfile, Dockerfile and CI, whichever package manager wrote them.
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { packageManager, packageManagerOf } from '../../../src/project/package-manager.ts';
import { type ManagerCase, managerCases, nameOf, pathWith } from '../../create/package-managers.ts';
import type { Ended } from '../../support/program.ts';
import { buildNewer } from '../../support/release.ts';
import { createProgram } from '../../support/repository.ts';
import { NewMachine } from './published.ts';

let machine: NewMachine;
let newer: string;
beforeAll(async () => {
  machine = await NewMachine.make();
  newer = await buildNewer(join(machine.directory, 'newer'), '0.2.0');
});
afterAll(() => machine?.remove());

const ok = ({ code, stdout, stderr }: Ended) => expect(code, `${stdout}\n${stderr}`).toBe(0);

describe.each(managerCases)('a project of a checkout, with %s', (manager: ManagerCase) => {
  let project: string;
  let env: Readonly<Record<string, string>>;
  const node = (program: string, ...args: readonly string[]) =>
    machine.run(process.execPath, [program, ...args], project, env);
  const read = (path: string) => readFile(join(project, path), 'utf8');
  const update = async (program: string) => ok(await node(program, 'update', '--yes', '--json'));

  /** @returns the lockfile, after a clean install has accepted it. */
  async function installedLockfile(): Promise<string> {
    const { cleanInstall, lockfile } = packageManager(packageManagerOf(project) ?? 'npm');
    const [command = '', ...args] = cleanInstall.split(' ');
    ok(await machine.run(command, args, project, env));
    return read(lockfile);
  }
  const versionOf = async (name: string): Promise<string> =>
    JSON.parse(await read(`node_modules/${name}/package.json`)).version;

  beforeAll(async () => {
    project = join(machine.directory, `vendored-${manager}`);
    // Offline where the registry is asked for the newest scalekit-mcp, which would take over.
    env = { PATH: await pathWith(manager), XDG_STATE_HOME: machine.home };
    const options = ['--yes', '--no-git', '--no-check', '--package-manager', nameOf(manager)];
    ok(await machine.run(process.execPath, [createProgram, project, ...options], machine.directory, env));
  });

  test('gets a newer checkout’s packages, and nothing names the older ones', async () => {
    const before = await readdir(join(project, 'vendor'));
    expect(before).toHaveLength(2);
    await update(newer);
    const after = await readdir(join(project, 'vendor'));
    expect(after.map((file) => file.replace(/-0\.2\.0-dev\..*/, ''))).toEqual([
      'scalekit-mcp',
      'scalekit-mcp-server',
    ]);
    const lockfile = await installedLockfile();
    const manifest = await read('package.json');
    for (const file of after) for (const text of [manifest, lockfile]) expect(text).toContain(file);
    for (const file of before) for (const text of [manifest, lockfile]) expect(text).not.toContain(file);
    for (const name of ['scalekit-mcp', 'scalekit-mcp-server'])
      expect(await versionOf(name)).toMatch(/^0\.2\.0-dev\./);
  });

  test('gets the registry’s where they are, and nothing names vendor/', async () => {
    // As if it had been made by the older checkout, whose release is on the registry.
    ok(await node(newer, 'update', '--undo', '--yes'));
    await update(join(machine.packages[1]?.folder ?? '', 'bin/scalekit-mcp.js'));
    expect(await readdir(project)).not.toContain('vendor');
    const texts = [await installedLockfile()];
    for (const path of ['package.json', 'Dockerfile', '.github/workflows/ci.yml', 'README.md'])
      texts.push(await read(path));
    for (const text of texts) expect(text).not.toMatch(/vendor\/|\bfile:/);
    for (const name of ['scalekit-mcp', 'scalekit-mcp-server'])
      expect(await versionOf(name)).toBe(machine.packages[0]?.version);
  });
});
