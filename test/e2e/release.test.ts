// The packages as they are released, looked at before anybody gets them.
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { run } from '../support/program.ts';
import { packRelease, type ReleasedPackage, releasedNames } from '../support/release.ts';
import { repository } from '../support/repository.ts';
import { makeDirectory, removeDirectory } from '../support/temporary.ts';

let directory: string;
let packages: readonly ReleasedPackage[];

beforeAll(async () => {
  directory = await makeDirectory('release');
  packages = await packRelease(join(directory, 'packed'));
});
afterAll(() => removeDirectory(directory));

const tool = (name: string, path: string) => join(repository, 'node_modules', name, path);

describe.each(releasedNames)('%s', (name) => {
  const packed = () => packages.find((each) => each.name === name) as ReleasedPackage;

  test('is right for npm and its readers, as publint sees it', async () => {
    const { code, stdout } = await run(
      process.execPath,
      [tool('publint', 'src/cli.js'), 'run', packed().file, '--strict'],
      {
        cwd: directory,
      },
    );
    expect([code, stdout]).toEqual([0, expect.stringContaining('All good!')]);
  });

  test('has types that every resolution of ES modules finds', async () => {
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

  test('names none of the others, carries none, and has no maps but the server’s', async () => {
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
