import { join } from 'node:path';
import { expect, test } from 'vitest';
import { run } from '../support/program.ts';
import { repository } from '../support/repository.ts';

test('the built declarations are those of packages/*/api, which a change of the public types has to touch', async () => {
  const { code, stdout, stderr } = await run(process.execPath, [
    join(repository, 'scripts/api.js'),
    '--check',
  ]);
  expect(stdout + stderr).not.toMatch(/differs/);
  expect(code).toBe(0);
});
