import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { loadTemplates } from '../../src/create/packed.ts';
import { plan } from '../../src/create/plan.ts';
import { run } from '../support/program.ts';
import { cases } from './snapshot-cases.ts';
import { compile, putOnWorkbench } from './workbench.ts';

test('a generated tool is made public: the compiler names what has no user now, and all tests of the project pass', async () => {
  const example = cases.blank;
  if (example === undefined) throw new Error('There is no such case');
  const directory = await putOnWorkbench(await plan({ ...example, templates: loadTemplates('typescript') }));
  const file = join(directory, 'src/tools/todo-read.ts');
  const text = await readFile(file, 'utf8');
  const open = text.replace(/scopes: \[.*\],/, 'public: true,');
  expect(open).not.toBe(text);
  await writeFile(file, open);
  expect((await compile(directory)).stdout).toMatch(/todo-read\.ts.*'user' is possibly 'undefined'/);

  await writeFile(file, open.replace('user.subject', "user?.subject ?? 'nobody'"));
  expect(await compile(directory)).toMatchObject({ code: 0, stdout: '' });
  const compiled = 'dist/compiled/test';
  const names = await readdir(join(directory, compiled));
  const paths = names.filter((name) => name.endsWith('.test.js')).map((name) => `${compiled}/${name}`);
  const tested = await run(process.execPath, ['--test', ...paths], { cwd: directory });
  expect(tested.stdout).toContain('answers 200 to todo_read without a token');
  expect(tested.stdout).toContain('answers 401 to todo_write without a token');
  expect(tested.stdout).toContain('signs in and lists the tools');
  expect(tested.stdout).toMatch(/^[#ℹ] fail 0$/m);
  expect(tested.stdout).toMatch(/^[#ℹ] skipped 0$/m);
  expect(tested.code).toBe(0);
});
