import { writeFileSync } from 'node:fs';
import { chmod, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { type Changes, watchProject } from '../../src/project/watch.ts';
import { makeDirectory, removeDirectory } from '../support/temporary.ts';

/** Whether the operating system reports changes, which it does not in shared folders of containers. */
const system = vi.hoisted(() => ({ tells: true }));
vi.mock('node:fs', async (original) => {
  const fs = await original<typeof import('node:fs')>();
  const watch: typeof fs.watch = (...args: unknown[]) => {
    if (!system.tells) throw new Error('ENOSPC');
    return Reflect.apply(fs.watch, fs, args);
  };
  return { ...fs, watch };
});

let directory: string;
beforeEach(async () => {
  directory = await makeDirectory('watch');
  await write('src/a.ts', '1');
  await write('.env', 'A=1');
});
afterEach(() => removeDirectory(directory));

async function write(path: string, text: string): Promise<void> {
  const target = join(directory, path);
  await mkdir(join(target, '..'), { recursive: true });
  await writeFile(target, text);
}

function watching(): AsyncIterator<Changes> {
  const end = new AbortController();
  onTestFinished(() => end.abort());
  return watchProject(directory, end.signal)[Symbol.asyncIterator]();
}

/** The files of the next batch. */
async function next(changes: AsyncIterator<Changes>): Promise<readonly string[]> {
  const { value, done } = await changes.next();
  return done ? [] : value.files;
}

test('files saved together are reported together, in order', async () => {
  const changes = watching();
  for (const path of ['src/b.ts', 'src/a.ts', '.env']) writeFileSync(join(directory, path), 'new');
  expect((await changes.next()).value).toMatchObject({
    files: ['.env', 'src/a.ts', 'src/b.ts'],
  });
});

test.each([
  ['removed', () => rm(join(directory, 'src/a.ts')), ['src/a.ts']],
  [
    'renamed',
    () => rename(join(directory, 'src/a.ts'), join(directory, 'src/z.ts')),
    ['src/a.ts', 'src/z.ts'],
  ],
  ['put in place of another', replace, ['src/a.ts']],
  ['in a new folder', () => write('src/new/deep/c.ts', ''), ['src/new/deep/c.ts']],
  ['a configuration', () => write('tsconfig.json', '{}'), ['tsconfig.json']],
])('%s', async (_, act, files) => {
  const changes = watching();
  await act();
  expect(await next(changes)).toEqual(files);
});

/** Saves as many editors do: writes a second file, and renames it over the first. */
async function replace(): Promise<void> {
  await write('src/.a.ts.swp', 'new');
  await rename(join(directory, 'src/.a.ts.swp'), join(directory, 'src/a.ts'));
}

test('changes between two requests are kept', async () => {
  const changes = watching();
  await write('src/a.ts', '2');
  expect(await next(changes)).toEqual(['src/a.ts']);
  await write('src/a.ts', '3');
  await write('src/b.ts', '');
  const seen = new Set<string>();
  while (!seen.has('src/b.ts')) for (const file of await next(changes)) seen.add(file);
  expect([...seen]).toEqual(['src/a.ts', 'src/b.ts']);
});

test('notices two quick saves of the same length', async () => {
  const changes = watching();
  for (let round = 0; round < 20; round += 1) {
    await write('src/a.ts', String(round % 10));
    expect(await next(changes)).toEqual(['src/a.ts']);
  }
});

test('files that are not sources of the project are ignored', async () => {
  const changes = watching();
  for (const path of [
    ...['node_modules/x/index.ts', 'dist/src/a.js', 'dist/a.d.ts', '.git/a.ts', '.cursor/mcp.json'],
    ...['README.md', 'src/a.js', '.env.example', 'src/.env', 'package-lock.json', 'src/node_modules/b.ts'],
  ])
    await write(path, 'x');
  await write('src/a.ts', '2');
  expect(await next(changes)).toEqual(['src/a.ts']);
});

describe('where the operating system reports no changes', () => {
  beforeEach(() => {
    system.tells = false;
  });
  afterEach(() => {
    system.tells = true;
  });

  test('changes are found by polling', async () => {
    const changes = watching();
    await write('src/new/c.ts', '');
    expect(await next(changes)).toEqual(['src/new/c.ts']);
    await write('src/new/c.ts', 'longer');
    expect(await next(changes)).toEqual(['src/new/c.ts']);
  });
});

test('a folder that cannot be read is skipped', async () => {
  await write('secret/a.ts', '');
  await chmod(join(directory, 'secret'), 0);
  const changes = watching();
  await write('src/a.ts', '2');
  expect(await next(changes)).toEqual(['src/a.ts']);
  await chmod(join(directory, 'secret'), 0o700);
});

test('the changes end when the signal aborts', async () => {
  const end = new AbortController();
  const changes = watchProject(directory, end.signal)[Symbol.asyncIterator]();
  const waiting = changes.next();
  end.abort();
  expect(await waiting).toEqual({ value: undefined, done: true });
  await write('src/a.ts', '2');
  expect(await changes.next()).toEqual({ value: undefined, done: true });
});
