import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { repository } from '../support/repository.ts';

const files = execFileSync('git', ['ls-files', '-co', '--exclude-standard'], {
  cwd: repository,
  encoding: 'utf8',
}).split('\n');
const text = readFileSync(join(repository, 'docs/architecture.md'), 'utf8');
const named = [...text.matchAll(/`([\w./-]+\.(?:ts|js|py))`/g)].map(([, name = '']) => name);

test('docs/architecture.md names source files that exist', () => {
  expect(named.length).toBeGreaterThan(100);
  const isThere = (name: string) => files.some((file) => file === name || file.endsWith(`/${name}`));
  expect(named.filter((name) => !isThere(name))).toEqual([]);
});

test('docs/architecture.md names every file of src/server with its job', () => {
  const server = files.filter((file) => dirname(file) === 'src/server').map((file) => basename(file));
  expect(server.length).toBeGreaterThan(50);
  expect(server.filter((file) => !named.includes(file))).toEqual([]);
});
