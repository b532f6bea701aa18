import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { loadTemplates } from '../../src/create/packed.ts';
import { plan } from '../../src/create/plan.ts';
import { run } from '../support/program.ts';
import { scalekitProgram } from '../support/repository.ts';
import { cases } from './snapshot-cases.ts';
import { compile, putOnWorkbench } from './workbench.ts';

/** Follows a project's AGENTS.md to the letter. */

async function edit(path: string, change: (text: string) => string): Promise<void> {
  await writeFile(path, change(await readFile(path, 'utf8')));
}

/** About two screens: nobody reads more, and it costs an agent tokens in every session. */
const longest = 145;

test.each(['todo', 'blank'])(
  'the tool that AGENTS.md of the %s server adds compiles, and its tests pass',
  async (name) => {
    const example = cases[name];
    if (example === undefined) throw new Error(name);
    const directory = await putOnWorkbench(
      await plan({ ...example, templates: loadTemplates('typescript') }),
    );
    const instructions = await readFile(join(directory, 'AGENTS.md'), 'utf8');
    expect(instructions.split('\n').length).toBeLessThan(longest);
    const [tool = '', itsTest = '', notes = ''] = [...instructions.matchAll(/```ts\n(.*?)```/gs)].map(
      ([, code]) => code,
    );

    const [, command = ''] = /`npx scalekit-mcp (add tool .*?)` writes/.exec(instructions) ?? [];
    const added = await run(process.execPath, [scalekitProgram, ...command.split(' ')], { cwd: directory });
    expect(added).toMatchObject({ code: 0, stderr: '' });
    await writeFile(join(directory, 'src/tools/archive-note.ts'), tool);
    const path = join(directory, 'test/archive-note.test.ts');
    await edit(path, (text) =>
      text
        .replace("{ message: 'Hi' }", "{ note_id: '1' }")
        .replace("{ message: 'Hi', subject: 'usr_1' }", "{ archived: '1' }")
        .replace("describe('archive_note', () => {\n", `$&${itsTest}`),
    );
    await mkdir(join(directory, 'src/resources'));
    await writeFile(join(directory, 'src/resources/notes.ts'), notes);
    await edit(join(directory, 'src/main.ts'), (text) =>
      text
        .replace('import { tools }', "import { note, sumUp } from './resources/notes.ts';\n$&")
        .replace(/\n {2}tools,/, '$&\n  resources: [note],\n  prompts: [sumUp],'),
    );

    expect(await compile(directory)).toMatchObject({ code: 0, stdout: '' });
    const tests = ['archive-note', 'tools'].map((each) => `dist/compiled/test/${each}.test.js`);
    const tested = await run(process.execPath, ['--test', ...tests], { cwd: directory });
    for (const said of ['answers 403 to archive_note without notes:archive', 'says what is wrong'])
      expect(tested.stdout).toContain(said);
    expect(tested.stdout).toMatch(/^[#ℹ] fail 0$/m);
    expect(tested.code).toBe(0);
  },
);
