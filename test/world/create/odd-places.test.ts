import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { type ManagerCase, managerCases, nameOf, pathWith } from '../../create/package-managers.ts';
import { lacks, type Need } from '../../support/needs.ts';
import { type Ended, run } from '../../support/program.ts';
import { createProgram } from '../../support/repository.ts';
import { temporaryDirectory } from '../../support/temporary.ts';
import { startTlsRegistry } from '../../support/tls-registry.ts';

/** Where people really run it: in production shells, in workspaces, without a network. The package managers are the real ones. */

type Env = Readonly<Record<string, string>>;

async function create(manager: ManagerCase, cwd: string, env: Env = {}, ...args: readonly string[]) {
  const words = [
    createProgram,
    'todo-mcp',
    '--package-manager',
    nameOf(manager),
    '--no-git',
    '--json',
    ...args,
  ];
  const ended = await run(process.execPath, words, {
    cwd,
    env: { PATH: await pathWith(manager), ...env },
  });
  return { ...ended, report: JSON.parse(ended.stdout || '{}') };
}

const tools = ['typescript', 'scalekit-mcp', 'oxlint'];

describe('development dependencies are installed', () => {
  test.each(managerCases)('with NODE_ENV=production, by %s', async (manager) => {
    const cwd = await temporaryDirectory();
    const { code, report } = await create(manager, cwd, { NODE_ENV: 'production' });
    expect(report).toMatchObject({ ok: true, install: { state: 'done' }, check: { state: 'done' } });
    expect(code).toBe(0);
    for (const tool of tools) expect(existsSync(join(cwd, 'todo-mcp/node_modules', tool)), tool).toBe(true);
  });

  test.each([{ npm_config_omit: 'dev' }, { npm_config_production: 'true' }])(
    'with %j, by npm',
    async (env) => {
      const cwd = await temporaryDirectory();
      const { report } = await create('npm', cwd, env, '--no-check');
      expect(report).toMatchObject({ ok: true, install: { state: 'done' } });
      for (const tool of tools) expect(existsSync(join(cwd, 'todo-mcp/node_modules', tool)), tool).toBe(true);
    },
  );

  test('or the missing ones are named, with the reason', async () => {
    const cwd = await temporaryDirectory();
    const env = { YARN_PRODUCTION: 'true', npm_config_production: 'true' };
    const { code, report } = await create('yarn1', cwd, env, '--no-check');
    expect(code).toBe(1);
    expect(report.error).toMatchObject({
      code: 'install/without-tools',
      message: expect.stringMatching(
        /did not install the development dependencies \(scalekit-mcp, typescript\)/,
      ),
    });
  });
});

describe('in a workspace', () => {
  const lockfiles = { npm: 'package-lock.json', pnpm: 'pnpm-lock.yaml', bun: 'bun.lock', yarn: 'yarn.lock' };

  async function workspace(manager: ManagerCase): Promise<string> {
    const root = await temporaryDirectory();
    await mkdir(join(root, 'packages/other'), { recursive: true });
    const write = (path: string, text: string) => writeFile(join(root, path), text);
    await write('package.json', '{"name":"root","private":true,"workspaces":["packages/*"]}');
    await write('packages/other/package.json', '{"name":"other","version":"1.0.0"}');
    if (manager === 'pnpm') await write('pnpm-workspace.yaml', "packages:\n  - 'packages/*'\n");
    if (manager === 'yarn4') await write('.yarnrc.yml', 'nodeLinker: node-modules\n');
    if (manager === 'yarn4') await write('yarn.lock', '');
    return root;
  }

  /** Carries out the Dockerfile up to its last stage, except for the base image. */
  async function buildAsImage(root: string, manager: ManagerCase): Promise<Ended> {
    const dockerfile = await readFile(join(root, 'packages/todo-mcp/Dockerfile'), 'utf8');
    const build = dockerfile.split(/^FROM .*\n/m)[1] ?? '';
    expect(build).toContain('COPY . .');
    const commands = [...build.matchAll(/^(?:RUN (.*)|WORKDIR \/app\/(.*))$/gm)]
      .map(([, command, folder]) => command ?? `cd ${folder}`)
      .filter((command) => !/install --global|corepack/.test(command));
    const image = await temporaryDirectory();
    const copy = `tar -C "$0" --exclude=node_modules --exclude=dist --exclude=.env -cf - . | tar -xf -`;
    const script = ['set -e', copy, ...commands].join('\n');
    return run('sh', ['-c', script, root], {
      cwd: image,
      env: { PATH: await pathWith(manager), CI: 'true' },
    });
  }

  test.each(managerCases)('of %s the lockfile is at the root, and image and CI use it', async (manager) => {
    const root = await workspace(manager);
    const { code, report } = await create(manager, join(root, 'packages'));
    expect(report.error).toBeUndefined();
    expect(code).toBe(0);
    const lockfile = lockfiles[nameOf(manager) as keyof typeof lockfiles];
    expect(report.notes.join('\n')).toContain(`${lockfile} is there`);
    expect(existsSync(join(root, lockfile))).toBe(true);
    expect(existsSync(join(root, 'packages/todo-mcp', lockfile))).toBe(false);
    const built = await buildAsImage(root, manager);
    expect(built.code, built.stdout + built.stderr).toBe(0);
    const workflow = await readFile(join(root, 'packages/todo-mcp/.github/workflows/ci.yml'), 'utf8');
    expect(workflow).toContain('working-directory: packages/todo-mcp');
    if (manager === 'yarn4')
      expect(report.notes.join('\n')).toContain(`add "packageManager": "yarn@4.18.1" to it`);
  });

  test.each(['npm', 'pnpm', 'yarn4'] as const)(
    'of %s that does not list it, the project stands alone',
    async (manager) => {
      const root = await workspace(manager);
      await mkdir(join(root, 'tools'));
      const { report } = await create(manager, join(root, 'tools'), {}, '--no-check');
      expect(report).toMatchObject({ ok: true });
      const lockfile = lockfiles[nameOf(manager) as keyof typeof lockfiles];
      expect(existsSync(join(root, 'tools/todo-mcp', lockfile))).toBe(true);
    },
  );
});

test.each(['yarn1', 'yarn4'] as const)(
  'a Yarn other than Yarn 1 that Corepack is set to run is named: %s',
  async (manager) => {
    const cwd = await temporaryDirectory();
    const { report } = await create(manager, cwd, {}, '--no-check');
    expect(report).toMatchObject({ ok: true });
    const { packageManager } = JSON.parse(await readFile(join(cwd, 'todo-mcp/package.json'), 'utf8'));
    expect(packageManager).toBe(manager === 'yarn4' ? 'yarn@4.18.1' : undefined);
  },
);

test('with package-lock=false the lockfile that image and CI need is written all the same', async () => {
  const cwd = await temporaryDirectory();
  const userconfig = join(cwd, 'npmrc');
  await writeFile(userconfig, 'package-lock=false\n');
  const { code, report } = await create('npm', cwd, { npm_config_userconfig: userconfig }, '--no-check');
  expect(code).toBe(0);
  expect(report.notes.join('\n')).toContain('package-lock');
  expect(existsSync(join(cwd, 'todo-mcp/package-lock.json'))).toBe(true);
  const again = await run('npm', ['install', '--no-audit', 'is-number@7'], {
    cwd: join(cwd, 'todo-mcp'),
    env: { npm_config_userconfig: userconfig },
  });
  expect(again.code).toBe(0);
  expect(await readFile(join(cwd, 'todo-mcp/package-lock.json'), 'utf8')).toContain('is-number');
});

test.each([
  { npm_config_global: 'true' },
  { npm_config_location: 'global' },
  { npm_config_package_lock_only: 'true' },
])('with %j npm installs into the project all the same', async (env) => {
  const cwd = await temporaryDirectory();
  const prefix = join(cwd, 'prefix');
  const { report } = await create('npm', cwd, { ...env, npm_config_prefix: prefix }, '--no-check');
  expect(report).toMatchObject({ ok: true, install: { state: 'done' } });
  for (const tool of tools) expect(existsSync(join(cwd, 'todo-mcp/node_modules', tool)), tool).toBe(true);
  expect(existsSync(prefix)).toBe(false);
});

describe('packages that were published recently are refused', () => {
  /** Ten years, in the unit of each. */
  const ages: Readonly<Record<string, (home: string) => Env | Promise<Env>>> = {
    npm: () => ({ npm_config_min_release_age: '3650' }),
    pnpm: () => ({ pnpm_config_minimum_release_age: '5256000' }),
    yarn4: () => ({ YARN_NPM_MINIMAL_AGE_GATE: '5256000' }),
    async bun(home) {
      await writeFile(join(home, '.bunfig.toml'), '[install]\nminimumReleaseAge = 315360000\n');
      return { HOME: home, XDG_CONFIG_HOME: '' };
    },
  };

  test.each(Object.keys(ages) as ManagerCase[])(
    'by %s: the setting is named, and the exception',
    async (manager) => {
      const cwd = await temporaryDirectory();
      const { code, report } = await create(manager, cwd, await ages[manager]?.(cwd), '--no-check');
      expect(code).toBe(1);
      expect(report.error).toMatchObject({
        code: 'install/too-young',
        message: expect.stringContaining(
          `${nameOf(manager)} is configured to refuse packages that were published lately`,
        ),
      });
      expect(report.error.message).toMatch(/make an exception: (?:npm|pnpm|yarn|bun) /);
    },
  );
});

/** A program with no network at all. */
const isolate = process.getuid?.() === 0 ? ['--net'] : ['--user', '--map-root-user', '--net'];
const isolation: Need = {
  what: 'way to take the network away from a program',
  present: spawnSync('unshare', [...isolate, 'true']).status === 0,
  install: 'Linux, and the right to run unshare --net',
};

describe.skipIf(lacks('create without a network', [isolation]))('without a network', () => {
  test.each(managerCases)('says within seconds what %s cannot reach', async (manager) => {
    const cwd = await temporaryDirectory();
    const cold = join(cwd, 'cold');
    const words = [
      process.execPath,
      createProgram,
      'x',
      '--package-manager',
      nameOf(manager),
      '--no-git',
      '--yes',
    ];
    const env = {
      PATH: await pathWith(manager),
      npm_config_cache: cold,
      XDG_DATA_HOME: cold,
      XDG_CACHE_HOME: cold,
      YARN_CACHE_FOLDER: cold,
      YARN_GLOBAL_FOLDER: cold,
      BUN_INSTALL_CACHE_DIR: cold,
    };
    const { code, stdout, stderr } = await run('unshare', [...isolate, ...words], { cwd, env });
    expect(code).toBe(1);
    expect(stdout).toMatch(/✓ Wrote \d+ files to x/);
    expect(stdout.match(/✗ Installing with \w+ \((\d+) s\)/)?.[1] ?? '').toMatch(/^\d$|^1\d$/);
    expect(stderr).toMatch(/error: The registry \S* ?is not reachable \(\w+/);
    expect(stderr).toContain(`→ cd x && ${nameOf(manager)} install`);
  });

  test('npm’s cache is enough', async () => {
    const cwd = await temporaryDirectory();
    expect((await create('npm', cwd, {}, '--no-check')).code).toBe(0);
    const words = [process.execPath, createProgram, 'x', '--yes', '--no-git', '--no-check', '--json'];
    const { stdout } = await run('unshare', [...isolate, ...words], { cwd });
    const report = JSON.parse(stdout);
    expect(report).toMatchObject({ ok: true, install: { state: 'done' } });
  });
});

test('a registry that takes connections and never answers is named within seconds', async () => {
  const mute = createServer((socket) => socket.on('error', () => {})).listen(0, '127.0.0.1');
  await once(mute, 'listening');
  onTestFinished(() => void mute.close());
  const address = mute.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const cwd = await temporaryDirectory();
  const registry = `http://127.0.0.1:${port}/`;
  const env = { npm_config_registry: registry, npm_config_cache: join(cwd, 'cold') };
  const since = performance.now();
  const { code, report } = await create('npm', cwd, env);
  expect(performance.now() - since).toBeLessThan(40_000);
  expect(code).toBe(1);
  expect(report.error).toMatchObject({
    code: 'install/unreachable',
    message: expect.stringContaining(`The registry http://127.0.0.1:${port} is not reachable`),
    next: 'cd todo-mcp && npm install',
  });
});

test('a registry behind a company’s certificate is named, with how to trust it', async () => {
  const cwd = await temporaryDirectory();
  const registry = await startTlsRegistry(cwd);
  onTestFinished(() => registry.close());
  const env = {
    npm_config_registry: registry.url,
    npm_config_cache: join(cwd, 'cold'),
    npm_config_cafile: '',
    NODE_EXTRA_CA_CERTS: '',
  };
  const { code, report } = await create('npm', cwd, env);
  expect(code).toBe(1);
  expect(report.error).toMatchObject({
    code: 'install/certificate',
    message: expect.stringMatching(/SELF_SIGNED_CERT.*NODE_EXTRA_CA_CERTS.*cafile/),
  });
  expect(registry.asked).toEqual([]);
});
