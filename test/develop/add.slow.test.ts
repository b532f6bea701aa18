import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { loadTemplates } from '../../src/create/packed.ts';
import { plan } from '../../src/create/plan.ts';
import { cases } from '../create/snapshot-cases.ts';
import { compile, putOnWorkbench } from '../create/workbench.ts';
import { run } from '../support/program.ts';
import { scalekitProgram } from '../support/repository.ts';

/** The built program adds to a generated project, and the result compiles and passes its tests; test/e2e/eject.test.ts lints it. */
describe.each(['todo', 'blank', 'todo-postgres'])('a %s server', (name) => {
  test('gets tools, resources and prompts, with new scopes and without, and all its tests pass', async () => {
    const example = cases[name];
    if (example === undefined) throw new Error(name);
    const directory = await putOnWorkbench(
      await plan({ ...example, templates: loadTemplates('typescript') }),
    );
    const add = (...args: readonly string[]) =>
      run(process.execPath, [scalekitProgram, 'add', ...args, '--yes'], { cwd: directory });

    expect(await add('scope', 'notes:archive', 'Put', 'your', 'notes', 'away')).toMatchObject({ code: 0 });
    for (const [tool, scopes] of [
      ['archive_note', 'notes:archive,todo:read'],
      ['delete', 'notes:delete,__proto__'],
      ['describe', 'todo:read'],
      ['walk', 'todo:read'],
      // The tools' own list has these words in a comment and in the name of a file.
      ['server', 'todo:read'],
      ['this', 'todo:read'],
    ] as const)
      expect(await add('tool', tool, '--scopes', scopes)).toMatchObject({ code: 0, stderr: '' });
    for (const [kind, each] of [
      ['resource', 'prompt'],
      ['resource', 'weekly_report'],
      // What the tests themselves import.
      ['resource', 'scopes'],
      ['resource', 'start_server'],
      ['prompt', 'denials'],
      ['prompt', 'assert'],
      ['prompt', 'sum_up'],
      ['prompt', 'weekly_report'],
    ] as const)
      expect(await add(kind, each, '--scopes', 'todo:read,notes:keep')).toMatchObject({
        code: 0,
        stderr: '',
      });

    expect(await compile(directory)).toMatchObject({ code: 0, stdout: '' });
    const tests = (await readdir(join(directory, 'dist/compiled/test'))).filter((file) =>
      file.endsWith('.test.js'),
    );
    expect(tests).toEqual(expect.arrayContaining(['archive-note.test.js', 'delete-tool.test.js']));
    const paths = tests.map((file) => `dist/compiled/test/${file}`);
    const tested = await run(process.execPath, ['--test', ...paths], { cwd: directory });
    for (const said of [
      'is denied without notes:archive',
      'is denied without __proto__',
      'is denied without notes:keep',
      'is read with its scopes',
      'answers 403 to archive_note without notes:archive',
      'is allowed with its scopes',
    ])
      expect(tested.stdout).toContain(said);
    expect(tested.stdout).toMatch(/^[#ℹ] fail 0$/m);
    expect(tested.code).toBe(0);
  });
});
