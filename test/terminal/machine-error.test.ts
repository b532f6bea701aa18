import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { machineError } from '../../src/terminal/machine-error.ts';
import { temporaryDirectory } from '../support/temporary.ts';

const errorOf = (action: Promise<unknown>) =>
  action.then(
    () => undefined,
    (error: unknown) => error,
  );

test('what the system refuses is told with the path and the reason', async () => {
  const directory = await temporaryDirectory();
  await writeFile(join(directory, 'file'), '');
  expect(machineError(await errorOf(readFile(join(directory, 'file/x'))))?.message).toBe(
    `${join(directory, 'file/x')} cannot be read: a part of the path is a file, not a folder (ENOTDIR).`,
  );
  expect(machineError(await errorOf(writeFile(directory, '')))?.message).toContain(
    'it is a folder, not a file (EISDIR)',
  );
});

test('any other error may be a bug', async () => {
  expect(machineError(new TypeError('x'))).toBeUndefined();
  expect(machineError(await errorOf(readFile(join(await temporaryDirectory(), 'gone'))))).toBeUndefined();
});
