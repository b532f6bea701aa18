import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { beforeEach, describe, expect, test } from 'vitest';
import { withFileLock } from '../../src/project/file-lock.ts';
import { temporaryDirectory } from '../support/temporary.ts';

let directory: string;
beforeEach(async () => {
  directory = join(await temporaryDirectory(), 'locks');
});

const alone = <T>(run: () => Promise<T>) =>
  withFileLock(directory, 'a.lock', new AbortController().signal, run);

describe('a lock', () => {
  test('lets one in at a time, and leaves nothing behind', async () => {
    let inside = 0;
    let most = 0;
    const enter = () =>
      alone(async () => {
        inside += 1;
        most = Math.max(most, inside);
        for (let i = 0; i < 5; i += 1) await turn();
        inside -= 1;
      });
    await Promise.all(Array.from({ length: 12 }, enter));
    expect(most).toBe(1);
    expect(await readdir(directory)).toEqual([]);
  });

  test('is released by a holder that fails', async () => {
    await expect(alone(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(await alone(async () => 'in')).toBe('in');
  });

  const now = Date.now();
  test.each([
    ['of a process that is gone', { id: 'x', host: hostname(), pid: 2 ** 30, since: now }],
    ['that is too old', { id: 'x', host: 'elsewhere', pid: 1, since: now - 3600_000 }],
    ['that is no JSON', undefined],
  ])('%s is ignored, however many processes find it', async (_, holder) => {
    await mkdir(directory, { recursive: true });
    await writeFile(join(directory, 'a.lock'), holder === undefined ? 'x' : JSON.stringify(holder));
    let inside = 0;
    const results = await Promise.all(
      Array.from({ length: 6 }, () =>
        alone(async () => {
          inside += 1;
          await turn();
          return inside--;
        }),
      ),
    );
    expect(results).toEqual([1, 1, 1, 1, 1, 1]);
  });

  test('waits for the holder until the signal aborts', async () => {
    const end = new AbortController();
    await alone(async () => {
      const waiting = withFileLock(directory, 'a.lock', end.signal, async () => 'in');
      end.abort(new Error('enough'));
      await expect(waiting).rejects.toThrow(/enough|abort/i);
    });
  });
});
