import { chmod, lstat, mkdir, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { File } from '../../src/create/answers.ts';
import { checkPaths, writeProject } from '../../src/create/write.ts';
import { temporaryDirectory } from '../support/temporary.ts';

const files: readonly File[] = [
  { path: '.env', content: 'secret', mode: 0o600 },
  { path: 'a/b/c.txt', content: 'c' },
  { path: 'binary', content: new Uint8Array([0, 255, 1]) },
];

const signal = () => new AbortController().signal;
const plain = () => ({ overwrite: false, signal: signal() });

/** Every path below a folder, folders included. */
async function everything(directory: string): Promise<readonly string[]> {
  return (await readdir(directory, { recursive: true })).sort();
}

describe('writing', () => {
  test('writes what is planned, byte for byte, with its mode', async () => {
    const root = await temporaryDirectory();
    const written = await writeProject(files, join(root, 'x'), plain());
    expect(written.fresh).toBe(true);
    expect(await everything(root)).toEqual(['x', 'x/.env', 'x/a', 'x/a/b', 'x/a/b/c.txt', 'x/binary']);
    expect([...(await readFile(join(root, 'x/binary')))]).toEqual([0, 255, 1]);
    expect((await stat(join(root, 'x/.env'))).mode & 0o777).toBe(0o600);
    expect((await stat(join(root, 'x/a/b/c.txt'))).mode & 0o600).toBe(0o600);
  });

  test('a new project can be taken back, with the parent folders that were made for it', async () => {
    const root = await temporaryDirectory();
    const written = await writeProject(files, join(root, 'p/q/x'), plain());
    await written.remove();
    expect(await everything(root)).toEqual([]);
  });

  test('taking back keeps a parent folder that something else uses meanwhile', async () => {
    const root = await temporaryDirectory();
    const written = await writeProject(files, join(root, 'p/x'), plain());
    await writeFile(join(root, 'p/theirs'), '');
    await written.remove();
    expect(await everything(root)).toEqual(['p', 'p/theirs']);
  });

  test('in an existing empty folder, taking back keeps the folder', async () => {
    const root = await temporaryDirectory();
    await mkdir(join(root, '.git'));
    const written = await writeProject(files, root, plain());
    await mkdir(join(root, 'node_modules'));
    await written.remove();
    expect(await everything(root)).toEqual(['.git']);
  });

  test('an overwritten folder is never taken back', async () => {
    const root = await temporaryDirectory();
    await writeFile(join(root, 'mine'), '');
    const written = await writeProject(files, root, { overwrite: true, signal: signal() });
    await written.remove();
    expect(written.fresh).toBe(false);
    expect(await everything(root)).toContain('binary');
  });
});

describe('all or nothing', () => {
  /** Reports an abort from the given check onwards, which is between two files. */
  function abortedAfter(questions: number): AbortSignal {
    const controller = new AbortController();
    let asked = 0;
    const throwIfAborted = () => {
      asked += 1;
      if (asked > questions) controller.abort(new Error('stopped'));
      if (controller.signal.aborted) throw controller.signal.reason;
    };
    return Object.assign(controller.signal, { throwIfAborted });
  }

  test.each([0, 1, 2, 3])('an interrupt after %i files leaves nothing', async (count) => {
    const root = await temporaryDirectory();
    const options = { overwrite: false, signal: abortedAfter(count) };
    await expect(writeProject(files, join(root, 'p/x'), options)).rejects.toThrow('stopped');
    expect(await everything(root)).toEqual([]);
  });

  test.each([0, 1, 2, 3, 4, 5])(
    'an interrupt while overwriting, after %i steps, leaves every file as it was',
    async (count) => {
      const root = await temporaryDirectory();
      await mkdir(join(root, 'a/b'), { recursive: true });
      await writeFile(join(root, 'a/b/c.txt'), 'mine');
      await writeFile(join(root, '.env'), 'mine too');
      const options = { overwrite: true, signal: abortedAfter(count) };
      await expect(writeProject(files, root, options)).rejects.toThrow('stopped');
      expect(await everything(root)).toEqual(['.env', 'a', 'a/b', 'a/b/c.txt']);
      expect(await readFile(join(root, 'a/b/c.txt'), 'utf8')).toBe('mine');
      expect(await readFile(join(root, '.env'), 'utf8')).toBe('mine too');
    },
  );

  test('a folder where a file should go is refused before anything is moved', async () => {
    const root = await temporaryDirectory();
    await mkdir(join(root, 'binary'));
    await writeFile(join(root, '.env'), 'mine');
    const options = { overwrite: true, signal: signal() };
    await expect(writeProject(files, root, options)).rejects.toMatchObject({ code: 'write/kind' });
    expect(await everything(root)).toEqual(['.env', 'binary']);
    expect(await readFile(join(root, '.env'), 'utf8')).toBe('mine');
  });
});

describe('links', () => {
  test.each(['a', 'a/b', 'binary'])('a link at %s is not followed', async (at) => {
    const root = await temporaryDirectory();
    const outside = await temporaryDirectory();
    if (at === 'a/b') await mkdir(join(root, 'a'));
    await symlink(outside, join(root, at));
    const options = { overwrite: true, signal: signal() };
    await expect(writeProject(files, root, options)).rejects.toMatchObject({ code: 'write/link' });
    expect(await everything(outside)).toEqual([]);
    expect((await lstat(join(root, at))).isSymbolicLink()).toBe(true);
  });
});

describe('paths', () => {
  test.each(['../x', '/x', 'a/../b', 'a//b', './a', '', 'a\\b', 'C:x', 'a\0b'])('%j is refused', (path) => {
    expect(() => checkPaths([{ path, content: '' }])).toThrow(/cannot have the path/);
  });

  test('refuses two paths that differ only in case, where the disk ignores case', () => {
    const twice = ['README.md', 'readme.md'].map((path) => ({ path, content: '' }));
    expect(() => checkPaths(twice)).toThrow(/planned twice/);
  });
});

test.skipIf(process.getuid?.() === 0)(
  'a parent folder without write permission leaves nothing behind',
  async () => {
    const root = await temporaryDirectory();
    await chmod(root, 0o555);
    await expect(writeProject(files, join(root, 'x'), plain())).rejects.toMatchObject({
      code: 'write/EACCES',
    });
    await chmod(root, 0o755);
    expect(await everything(root)).toEqual([]);
  },
);
