import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { longest } from '../support/longest-first.ts';
import { repository } from '../support/repository.ts';

test('no quick test mocks a module: quick tests share processes, and the mock would stay for the next file', () => {
  const folder = join(repository, 'test');
  const mocks = (file: string) => /^\s*vi\.(?:do)?[mM]ock\(/m.test(readFileSync(join(folder, file), 'utf8'));
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) =>
    /\.test\.ts$/.test(file),
  );
  const isolated = /\.slow\.test\.ts$|^(?:e2e|security|world|snapshots)[\\/]/;
  expect(files.filter((file) => isolated.test(file) && mocks(file))).not.toEqual([]);
  expect(files.filter((file) => !isolated.test(file) && mocks(file))).toEqual([]);
});

test('the files that full begins with exist', () => {
  expect(longest.length).toBeGreaterThan(0);
  expect(longest.filter((file) => !existsSync(join(repository, file)))).toEqual([]);
});
