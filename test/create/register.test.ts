import { readdir } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { run } from '../support/program.ts';
import { createProgram } from '../support/repository.ts';
import { temporaryDirectory } from '../support/temporary.ts';

test.each([
  [['--no-install'], '--no-install'],
  [['--dry-run'], '--dry-run'],
  [
    ['--environment-url', 'https://a.scalekit.dev', '--client-id', 'skc_1', '--resource-id', 'res_1'],
    '--environment-url',
  ],
])('--register with %j: exit code 2, nothing written', async (options, named) => {
  const cwd = await temporaryDirectory();
  const args = [createProgram, 'x', '--yes', '--register', ...options];
  const ended = await run(process.execPath, args, { cwd });
  expect(ended.stderr).toContain('--register: Registering');
  expect(ended.stderr).toContain(named);
  expect(ended.code).toBe(2);
  expect(await readdir(cwd)).toEqual([]);
});
