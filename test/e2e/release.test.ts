// The packages as they are released, inspected before anybody gets them.
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { trackedFiles } from '../../scripts/tracked.js';
import { languages } from '../../src/create/languages/index.ts';
import { mustRun, run } from '../support/program.ts';
import { packRelease, type ReleasedPackage, releasedNames } from '../support/release.ts';
import { createProgram, repository } from '../support/repository.ts';
import { makeDirectory, removeDirectory } from '../support/temporary.ts';

let directory: string;
let packages: readonly ReleasedPackage[];

beforeAll(async () => {
  directory = await makeDirectory('release');
  packages = await packRelease(join(directory, 'packed'));
});
afterAll(() => removeDirectory(directory));

/** What a package may hold, in bytes: packed, as it is downloaded, and unpacked. */
const budgets = {
  // Small, so that `npx` feels instant. The contract is 200 kB and 1.2 MB.
  'create-scalekit-mcp': { packed: 160_000, unpacked: 800_000 },
  'scalekit-mcp': { packed: 900_000, unpacked: 3_500_000 },
  'scalekit-mcp-server': { packed: 250_000, unpacked: 1_200_000 },
} as const;

/** A part of a bundle: its name ends in a hash of its content. */
const chunk = /^dist\/chunks\/[\w-]+-[\w-]{8}\.js$/;

const program = (name: string) => [
  'LICENSE',
  'README.md',
  'package.json',
  `bin/${name}.js`,
  'dist/THIRD-PARTY-LICENSES.txt',
  ...languages.map(({ value }) => `dist/templates/${value}.json`),
];

/** Every file of a package except the parts of its bundle. */
function expectedFiles(name: (typeof releasedNames)[number], sources: readonly string[]): readonly string[] {
  if (name === 'create-scalekit-mcp') return [...program(name), 'dist/create.js'];
  if (name === 'scalekit-mcp')
    return [
      ...program(name),
      'dist/scalekit-mcp.js',
      'dist/emulator.js',
      ...trackedFiles('docs/doctor'),
      ...sources.map((file) => `dist/types/${file.replace(/\.ts$/, '.d.ts')}`),
    ];
  const compiled = ['.js', '.js.map', '.d.ts'];
  return [
    'LICENSE',
    'README.md',
    'package.json',
    ...sources.flatMap((file) => [
      `src/${file}`,
      ...compiled.map((ending) => `dist/${file.replace(/\.ts$/, ending)}`),
    ]),
  ];
}

/** The sources that the files of a package were made from, as far as the repository has them. */
function sourcesOf(files: readonly string[]): readonly string[] {
  const known = new Set(trackedFiles('src').map((path) => path.slice('src/'.length)));
  const made = files.flatMap((path) => /^dist\/(?:types\/)?(.+)\.d\.ts$/.exec(path)?.[1] ?? []);
  return made.map((path) => `${path}.ts`).filter((path) => known.has(path));
}

const tool = (name: string, path: string) => join(repository, 'node_modules', name, path);

describe.each(releasedNames)('%s', (name) => {
  const packed = () => packages.find((each) => each.name === name) as ReleasedPackage;

  test('passes publint', async () => {
    const { code, stdout } = await run(
      process.execPath,
      [tool('publint', 'src/cli.js'), 'run', packed().file, '--strict'],
      {
        cwd: directory,
      },
    );
    expect([code, stdout]).toEqual([0, expect.stringContaining('All good!')]);
  });

  test('has types that every module resolution for ES modules finds', async () => {
    if (name === 'create-scalekit-mcp') return expect(await manifest()).not.toHaveProperty('exports');
    const program = tool('@arethetypeswrong/cli', 'dist/index.js');
    const { code, stdout, stderr } = await run(
      process.execPath,
      [program, '--profile', 'esm-only', packed().file],
      {
        cwd: directory,
      },
    );
    expect(code, stdout + stderr).toBe(0);
  });

  async function manifest(): Promise<Record<string, unknown>> {
    return JSON.parse(await readFile(join(packed().folder, 'package.json'), 'utf8'));
  }

  test('contains exactly the expected files, within its size budget', async () => {
    const said = await mustRun('npm', ['pack', packed().file, '--dry-run', '--json'], { cwd: directory });
    const [{ files, unpackedSize }] = JSON.parse(said.stdout);
    const paths = (files as { path: string }[]).map(({ path }) => path);
    const parts = paths.filter((path) => chunk.test(path));
    const others = paths.filter((path) => !chunk.test(path));
    expect(others.toSorted()).toEqual(expectedFiles(name, sourcesOf(paths)).toSorted());
    if (name !== 'scalekit-mcp-server') expect(parts.length).toBeGreaterThan(5);
    const sizes = { packed: (await stat(packed().file)).size, unpacked: unpackedSize as number };
    expect(sizes.packed, `${name} packed`).toBeLessThanOrEqual(budgets[name].packed);
    expect(sizes.unpacked, `${name} unpacked`).toBeLessThanOrEqual(budgets[name].unpacked);
  });

  test('carries the licences of what is bundled', async () => {
    if (name === 'scalekit-mcp-server') return expect(await manifest()).toHaveProperty('dependencies');
    const text = await readFile(join(packed().folder, 'dist/THIRD-PARTY-LICENSES.txt'), 'utf8');
    for (const bundled of ['cross-spawn', 'js-yaml', '@clack/prompts'])
      expect(text).toMatch(new RegExp(`^${bundled} \\d+\\.\\d+\\.\\d+ \\(MIT\\)$`, 'm'));
    expect(text.includes('oidc-provider'), 'the local Scalekit').toBe(name === 'scalekit-mcp');
  });

  test('depends on none of the others, contains none, and has no source maps except the server’s', async () => {
    const {
      dependencies = {},
      peerDependencies = {},
      devDependencies = {},
      scripts = {},
    } = (await manifest()) as {
      [field: string]: object;
    };
    const named = Object.keys({ ...dependencies, ...peerDependencies, ...devDependencies });
    expect(named.filter((each) => (releasedNames as readonly string[]).includes(each))).toEqual([]);
    if (name !== 'scalekit-mcp-server') expect(named).toEqual([]);
    expect(scripts, 'nothing runs on install').toEqual({});
    const inside = (await readdir(packed().folder, { recursive: true })).map(String);
    expect(inside.filter((each) => each.endsWith('.tgz') || each.includes('vendor'))).toEqual([]);
    const maps = inside.filter((each) => each.endsWith('.map'));
    if (name === 'scalekit-mcp-server') expect(maps.length).toBeGreaterThan(20);
    else expect(maps).toEqual([]);
    expect(inside).toEqual(expect.arrayContaining(['LICENSE', 'README.md']));
  });
});

test('a scaffold loads little, and none of the templates as JavaScript', async () => {
  const dist = join(packages.find(({ name }) => name === 'create-scalekit-mcp')?.folder ?? '', 'dist');
  const parts = await readdir(join(dist, 'chunks'));
  const code = await readFile(join(dist, 'chunks', parts.find((part) => part.startsWith('make-')) ?? ''));
  expect(code.length).toBeLessThan(85_000);
  expect(code.toString()).not.toMatch(/\bimport\b[^;`]*["'`]node:/);
  for (const { value } of languages) {
    const packed = await readFile(join(dist, 'templates', `${value}.json`));
    expect(packed.every((byte) => byte < 0x80)).toBe(true);
  }
});

/** A project made from a checkout carries our packages in itself; the released program removes them again. */
describe.each(['npm', 'pnpm', 'yarn', 'bun'])('a project of a checkout, with %s', (manager) => {
  test('gets the released packages by `update`, also offline, and loses vendor/', async () => {
    const project = join(directory, `from-checkout-${manager}`);
    const options = ['--yes', '--no-install', '--no-git', '--no-check', '--package-manager', manager];
    await mustRun(process.execPath, [createProgram, project, ...options], { cwd: directory });
    expect(await readdir(join(project, 'vendor'))).toHaveLength(2);
    const released = join(packages[1]?.folder ?? '', 'bin/scalekit-mcp.js');
    // Nothing listens there.
    const env = { XDG_STATE_HOME: directory, npm_config_registry: 'http://127.0.0.1:9/' };
    const update = (...flags: readonly string[]) =>
      run(process.execPath, [released, 'update', ...flags, '--json'], { cwd: project, env });
    const { code, stdout, stderr } = await update('--yes');
    expect([code, stderr]).toEqual([0, '']);
    expect(JSON.parse(stdout).notes).toEqual([expect.stringMatching(/registry does not say/)]);
    const manifest = JSON.parse(await readFile(join(project, 'package.json'), 'utf8'));
    expect(manifest.dependencies['scalekit-mcp-server']).toBe(`^${packages[0]?.version}`);
    expect(manifest.devDependencies['scalekit-mcp']).toBe(`^${packages[0]?.version}`);
    expect((await readdir(project, { recursive: true })).filter((each) => each.endsWith('.tgz'))).toEqual([]);
    for (const file of [
      'README.md',
      'AGENTS.md',
      'Dockerfile',
      '.gitignore',
      'package.json',
      '.github/workflows/ci.yml',
    ])
      expect(await readFile(join(project, file), 'utf8'), file).not.toMatch(/vendor/);
    expect(JSON.parse((await update('--check')).stdout)).toMatchObject({ exitCode: 0, files: [] });
  });
});
