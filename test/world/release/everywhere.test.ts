// The released packages on a new machine: by every package manager, on every Node.js, by an agent, and from one release to the next.
import { existsSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { managerCases, nameOf, pathWith } from '../../create/package-managers.ts';
import { nodeBinary, npmPackages } from '../../support/packages.ts';
import { freePort } from '../../support/ports.ts';
import type { Ended } from '../../support/program.ts';
import { packNewer } from '../../support/release.ts';
import { repository } from '../../support/repository.ts';
import { NewMachine, pathWithFirst } from './published.ts';

let machine: NewMachine;
beforeAll(async () => {
  machine = await NewMachine.make();
});
afterAll(() => machine?.remove());

const ok = ({ code, stdout, stderr }: Ended) => expect(code, `${stdout}\n${stderr}`).toBe(0);

async function folder(name: string): Promise<string> {
  const path = join(machine.directory, name);
  await mkdir(path);
  return path;
}

const lockfiles = {
  npm: 'package-lock.json',
  pnpm: 'pnpm-lock.yaml',
  yarn: 'yarn.lock',
  bun: 'bun.lock',
} as const;

/** How people call it; Yarn 4 has `dlx` instead of `create`. */
const creating = {
  npm: ['create', '--yes', 'scalekit-mcp@latest', 'todo-mcp', '--', '--yes', '--no-git'],
  pnpm: ['create', 'scalekit-mcp', 'todo-mcp', '--yes', '--no-git'],
  yarn1: ['create', 'scalekit-mcp', 'todo-mcp', '--yes', '--no-git'],
  yarn4: ['dlx', '--quiet', 'create-scalekit-mcp', 'todo-mcp', '--yes', '--no-git'],
  bun: ['create', 'scalekit-mcp', 'todo-mcp', '--yes', '--no-git'],
} as const;

test.each(managerCases)(
  '%s create makes a project that installs by it and whose tests pass',
  async (manager) => {
    const cwd = await folder(manager);
    const env = { PATH: await pathWith(manager) };
    const name = nameOf(manager) as keyof typeof lockfiles;
    ok(await machine.run(name, creating[manager], cwd, env));
    const project = join(cwd, 'todo-mcp');
    expect(existsSync(join(project, lockfiles[name]))).toBe(true);
    const tested = await machine.run(name, ['run', 'test'], project, env);
    ok(tested);
    expect(tested.stdout).toMatch(/# fail 0\b|ℹ fail 0\b/);
  },
);

test('Yarn with Plug’n’Play is refused, with what to do, and the project is complete', async () => {
  const cwd = await folder('plug-n-play');
  const env = { PATH: await pathWith('yarn4'), YARN_NODE_LINKER: 'pnp' };
  const { code, stderr } = await machine.run('yarn', creating.yarn4, cwd, env);
  expect(code, stderr).toBe(1);
  expect(stderr).toContain('Unset YARN_NODE_LINKER');
  const project = join(cwd, 'todo-mcp');
  ok(await machine.run('yarn', ['install'], project, { PATH: env.PATH }));
  ok(await machine.run('yarn', ['run', 'test'], project, { PATH: env.PATH }));
});

describe('flags that npm takes for itself', () => {
  test('are honoured where they mean the same', async () => {
    const cwd = await folder('honoured');
    // `--dry-run` before the -- would keep npm from fetching us at all.
    const args = ['create', '--yes', 'scalekit-mcp@latest', 'x', '--json', '--', '--dry-run', '--yes'];
    const { code, stdout } = await machine.run('npm', args, cwd);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ ok: true, dryRun: true });
    expect(existsSync(join(cwd, 'x'))).toBe(false);
  });

  test('or refused with the command that works', async () => {
    const cwd = await folder('refused');
    const args = ['create', '--yes', 'scalekit-mcp@latest', 'x', '--template', 'blank'];
    const { code, stderr } = await machine.run('npm', args, cwd);
    expect(code).toBe(2);
    expect(stderr).toContain('npm create scalekit-mcp@latest x -- --template');
    expect(existsSync(join(cwd, 'x'))).toBe(false);
  });

  test('npx passes all of them on', async () => {
    const cwd = await folder('npx');
    const args = ['--yes', 'create-scalekit-mcp', 'x', '--template', 'blank', '--yes', '--dry-run', '--json'];
    const { code, stdout } = await machine.run('npx', args, cwd);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ ok: true, dryRun: true, template: 'blank' });
  });
});

describe('on another Node.js', () => {
  const versions = ['20.19.0', '22', '24', '26'] as const;
  let project: string;
  beforeAll(async () => {
    project = join(await folder('nodes'), 'todo-mcp');
    const options = ['--yes', '--no-git', '--no-check', '--package-manager', 'npm'];
    ok(await machine.run('npx', ['--yes', 'create-scalekit-mcp', project, ...options], machine.directory));
  });

  test.each(versions)('%s: the tests of a generated project pass, and its tool works', async (version) => {
    const binary = version.includes('.')
      ? join(await npmPackages([`node@${version}`]), 'node_modules/node/bin/node')
      : await nodeBinary(Number(version));
    const env = { PATH: pathWithFirst(dirname(binary)) };
    expect((await machine.run('node', ['--version'], project, env)).stdout).toMatch(
      new RegExp(`^v${version}\\.?`),
    );
    ok(await machine.run('npm', ['test'], project, env));
    const doctor = await machine.run('npx', ['scalekit-mcp', 'doctor', '--offline', '--json'], project, env);
    ok(doctor);
    expect(JSON.parse(doctor.stdout)).toMatchObject({ exitCode: 0 });
  });
});

describe('SKILL.md', () => {
  test('is all that an agent needs: its commands do the whole job unchanged', async () => {
    const skill = await readFile(join(repository, 'skills/create-scalekit-mcp/SKILL.md'), 'utf8');
    const blocks = [...skill.matchAll(/^```sh\n(.*?)^```$/gms)].map(([, commands = '']) => commands);
    expect(blocks.length).toBeGreaterThan(4);
    // "Choose a free port": the one thing that an agent decides.
    const script = blocks.join('\n').replace('--port 3002', `--port ${await freePort()}`);
    const cwd = await folder('agent');
    const { code, stdout, stderr } = await machine.run('bash', ['-euxc', script], cwd);
    expect(code, `${stdout}\n${stderr}`).toBe(0);
    const documents = ['doctor', 'added', 'tools', 'todo', 'todos', 'running', 'connect', 'update'];
    const read = async (path: string) => JSON.parse(await readFile(join(cwd, path), 'utf8'));
    expect(await read('created.json')).toMatchObject({ ok: true, check: { state: 'done' } });
    for (const name of documents) expect(await read(`todo-mcp/${name}.json`), name).toBeTypeOf('object');
    expect(await read('todo-mcp/added.json')).toMatchObject({ ok: true, name: 'archive_todo' });
    expect(JSON.stringify(await read('todo-mcp/todos.json'))).toContain('Write the report');
  });
});

describe('from one release to the next', () => {
  test('update hands over to the newest version, merges, installs it, and undoes it', async () => {
    const project = join(await folder('updating'), 'todo-mcp');
    const options = ['--yes', '--no-git', '--no-check', '--package-manager', 'npm'];
    ok(await machine.run('npx', ['--yes', 'create-scalekit-mcp', project, ...options], machine.directory));
    const first = machine.packages[0]?.version ?? '';
    const newer = '9.0.0';
    const sentence = 'A sentence of the newer template.';
    await machine.publish(
      await packNewer(join(machine.directory, 'newer'), newer, {
        'typescript/base/README.md.hbs': (text) => text.replace(/\n## /, `\n${sentence}\n\n## `),
        'typescript/base/NEWS.md': () => 'News.\n',
      }),
    );
    const textOf = (path: string) => readFile(join(project, path), 'utf8');
    const installed = async () => JSON.parse(await textOf('node_modules/scalekit-mcp/package.json')).version;
    const update = (...flags: readonly string[]) =>
      machine.run('npx', ['scalekit-mcp', 'update', ...flags], project);
    await writeFile(join(project, 'README.md'), `${await textOf('README.md')}\nA sentence of the owner.\n`);
    await rm(join(project, 'AGENTS.md'));

    const checked = await update('--check');
    expect(checked.code, checked.stderr).toBe(1);
    expect(checked.stdout).toContain(`scalekit-mcp ${first} -> ${newer}`);

    const updated = await update('--yes', '--json');
    ok(updated);
    expect(JSON.parse(updated.stdout)).toMatchObject({
      from: first,
      to: newer,
      files: expect.arrayContaining([
        { path: 'NEWS.md', fate: 'added' },
        { path: 'README.md', fate: 'merged' },
        { path: 'package.json', fate: 'replaced' },
      ]),
    });
    for (const each of [sentence, 'A sentence of the owner.'])
      expect(await textOf('README.md')).toContain(each);
    expect(existsSync(join(project, 'AGENTS.md'))).toBe(false);
    expect(JSON.parse(await textOf('package.json')).dependencies['scalekit-mcp-server']).toBe(`^${newer}`);
    expect(await installed()).toBe(newer);
    ok(await machine.run('npm', ['ci'], project));
    ok(await update('--check'));

    ok(await update('--undo', '--yes'));
    expect(await installed()).toBe(first);
    expect(await textOf('README.md')).not.toContain(sentence);
    expect(existsSync(join(project, 'NEWS.md'))).toBe(false);
  });
});
