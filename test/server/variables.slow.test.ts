import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { loadTemplates } from '../../src/create/packed.ts';
import { plan } from '../../src/create/plan.ts';
import { cases } from '../create/snapshot-cases.ts';
import { compile, putOnWorkbench } from '../create/workbench.ts';
import { run } from '../support/program.ts';

/** The owner's own variables, declared as a project's AGENTS.md says, with the built package. */

/** A project that declares variables and uses one of them in a tool. */
async function makeProject() {
  const example = cases.blank;
  if (example === undefined) throw new Error('There is no blank example');
  const directory = await putOnWorkbench(await plan({ ...example, templates: loadTemplates('typescript') }));
  const edit = async (path: string, change: (text: string) => string) => {
    const file = join(directory, path);
    await writeFile(file, change(await readFile(file, 'utf8')));
  };
  const instructions = await readFile(join(directory, 'AGENTS.md'), 'utf8');
  const declared = /```ts\n(const variables = .*?\n\})\n\nawait serve/s.exec(instructions)?.[1] ?? '';
  expect(declared).toContain('WEATHER_API_KEY');
  await edit('src/main.ts', (text) =>
    text.replace('\nawait serve({', `\n${declared}\n\nawait serve({\n  variables,`),
  );
  await edit('src/tools/todo-read.ts', (text) =>
    text.replace('{ user }) {', '{ user, env }) {\n    const region: string = env.REGION;\n    void region;'),
  );
  return { directory, edit };
}

describe("an owner's variables", () => {
  test('are typed in tools', async () => {
    const { directory, edit } = await makeProject();
    expect(await compile(directory)).toMatchObject({ code: 0, stdout: '' });
    await edit('src/tools/todo-read.ts', (text) => text.replace('env.REGION', 'env.REGOIN'));
    expect((await compile(directory, '--noEmit')).stdout).toContain("'REGOIN' does not exist");
  });

  test('have to be passed to serve if they are declared', async () => {
    const { directory, edit } = await makeProject();
    await edit('src/main.ts', (text) => text.replace('\n  variables,', ''));
    expect((await compile(directory, '--noEmit')).stdout).toContain("'variables' is missing");
  });

  test('are checked together with all others when the server starts', async () => {
    const { directory } = await makeProject();
    await rm(join(directory, '.env'));
    expect((await compile(directory)).code).toBe(0);
    const { code, stderr } = await run(process.execPath, ['dist/compiled/src/main.js'], {
      cwd: directory,
      env: { MCP_URL: 'ftp://x' },
    });
    expect(code).toBe(1);
    expect(stderr).toContain('\n  MCP_URL is `ftp://x`: MCP_URL has the scheme ftp://.');
    expect(stderr).toContain('  WEATHER_API_KEY is missing. The key of the weather service\n');
    expect(stderr).not.toMatch(/^\s+at /m);
  });
});
