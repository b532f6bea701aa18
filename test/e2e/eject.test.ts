import { mkdir, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeOlder } from '../develop/update/versions.ts';
import { attack } from '../security/attack/run.ts';
import { type Ground, prepareGround, unlimited } from '../security/server.ts';
import { GeneratedProject } from '../support/generated.ts';
import { run } from '../support/program.ts';
import { createProgram, repository, scalekitProgram } from '../support/repository.ts';

/** A project that is ejected as its owner would do it, and that works afterwards. */

const ownVariable = `
const variables = { GREETING: { description: 'What to say', default: 'Hello' } } as const;
declare module 'scalekit-mcp-server' {
  interface Register {
    variables: typeof variables;
  }
}
`;

let project: GeneratedProject;
let ejected: { written: string[]; removed: string[]; dependencies: Record<string, string> };

const scalekit = (...args: readonly string[]) =>
  run(process.execPath, [scalekitProgram, ...args], { cwd: project.directory });
const eject = (...args: readonly string[]) => scalekit('eject', ...args);
const read = (path: string) => readFile(project.path(path), 'utf8');

beforeAll(async () => {
  project = await GeneratedProject.make(['--template', 'blank', '--scopes', 'notes:read,notes:write']);
  const main = await read('src/main.ts');
  const declared = main.replace(/\nawait serve\(\{/, `${ownVariable}\nawait serve({\n  variables,`);
  await writeFile(project.path('src/main.ts'), declared);
  const tool = await read('src/tools/notes-read.ts');
  await writeFile(
    project.path('src/tools/notes-read.ts'),
    tool
      .replace("message = 'Hello'", 'message')
      .replace('{ user }) {', '{ user, env }) {')
      .replace('{ message, subject', '{ message: message ?? env.GREETING, subject'),
  );
  const added = await scalekit('add', 'tool', 'early_note', '--scopes', 'notes:read,notes:early', '--yes');
  expect(added).toMatchObject({ code: 0, stderr: '' });
  expect((await project.npm('run', 'typecheck')).stdout).not.toContain('error');
  expect(await project.npm('run', 'lint')).toMatchObject({ code: 0 });
});

afterAll(() => project?.remove());

describe('before', () => {
  test('--dry-run shows the plan and changes nothing', async () => {
    const before = await readdir(project.path('src'));
    const shown = await eject('--dry-run', '--json');
    expect(shown.code).toBe(0);
    expect(JSON.parse(shown.stdout)).toMatchObject({ ok: true, dryRun: true });
    expect(await readdir(project.path('src'))).toEqual(before);
  });

  test('without a terminal to confirm: exit code 2, nothing written', async () => {
    expect(await eject()).toMatchObject({ code: 2 });
    expect(await readdir(project.path('src'))).not.toContain('protect');
  });
});

describe('ejected', () => {
  let ground: Ground | undefined;

  beforeAll(async () => {
    const done = await eject('--yes', '--json');
    expect(done).toMatchObject({ code: 0 });
    ejected = JSON.parse(done.stdout);
  });

  afterAll(() => ground?.close());

  test('no trace of the package is left', async () => {
    const files = (await readdir(project.directory, { recursive: true, withFileTypes: true }))
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .filter((path) => !/[\\/](?:node_modules|dist)[\\/]|\.scalekit-mcp\.json$/.test(path));
    expect(files.filter((path) => path.includes('scalekit-mcp-server'))).toEqual([]);
    for (const path of files) {
      const text = await readFile(path, 'utf8');
      expect(/(['"])scalekit-mcp-server|node_modules\/scalekit-mcp-server/.test(text), path).toBe(false);
    }
    expect(await read('README.md')).toContain(
      '- `vendor/` contains the development tool `scalekit-mcp`, until',
    );
    expect(await read('README.md')).toContain('| `src/protect/` |');
    expect(await read('AGENTS.md')).toContain('The protection is in `src/protect/`');
    expect(ejected.removed).toHaveLength(1);
    expect(JSON.parse(await read('.scalekit-mcp.json')).ejected).toMatchObject({ folder: 'src/protect' });
  });

  test('a tool is added as before', async () => {
    const added = await scalekit('add', 'tool', 'late_note', '--scopes', 'notes:late', '--yes');
    expect(added).toMatchObject({ code: 0, stderr: '' });
    expect(await read('test/late-note.test.ts')).toContain("'../src/protect/testing/index.ts'");
  });

  test('a clean install, types, tests and linter pass', async () => {
    await rm(project.path('node_modules'), { recursive: true });
    expect(await project.npm('ci')).toMatchObject({ code: 0 });
    expect(await project.npm('run', 'typecheck')).toMatchObject({ code: 0 });
    const tested = await project.npm('test');
    for (const tool of ['early_note', 'late_note'])
      expect(tested.stdout).toContain(`answers 403 to ${tool} without notes:`);
    expect(tested.stdout).toMatch(/^[#ℹ] fail 0$/m);
    expect(tested.code).toBe(0);
    const lint = await project.npm('run', 'lint');
    expect(lint.code, lint.stdout).toBe(0);
    expect(await project.built()).toMatchObject({ code: 0 });
  });

  test('every attack is answered as before', async () => {
    await project.built();
    ground = await prepareGround(project.directory, { env: unlimited });
    const outcomes = await attack(ground.target, ground.source, { slow: false });
    expect(outcomes.length).toBeGreaterThan(400);
    expect(outcomes.flatMap(({ complaints, case: { id } }) => complaints.map((each) => [id, each]))).toEqual(
      [],
    );
  });

  test('the doctor finds nothing', async () => {
    const doctor = await run(process.execPath, [scalekitProgram, 'doctor', '--offline', '--json'], {
      cwd: project.directory,
    });
    const { results } = JSON.parse(doctor.stdout) as { results: { state: string; code: string }[] };
    expect(results.filter(({ state }) => state === 'found')).toEqual([]);
  });

  test('update still works: changes by eject do not count, and a newer template arrives', async () => {
    const check = async () => {
      const { code, stdout } = await scalekit('update', '--check', '--json');
      return { code, files: JSON.parse(stdout).files };
    };
    expect(await check()).toEqual({ code: 0, files: [] });
    const newest = await read('Dockerfile');
    await makeOlder(project.directory, { Dockerfile: (text) => `# Older\n${text}` });
    expect(await check()).toEqual({ code: 1, files: [{ path: 'Dockerfile', fate: 'replaced' }] });
    expect(await scalekit('update', '--yes', '--force')).toMatchObject({ code: 0, stderr: '' });
    expect(await read('Dockerfile')).toBe(newest);
    expect(await check()).toEqual({ code: 0, files: [] });
  });

  test('a second run says that it is done already', async () => {
    const again = await eject('--yes');
    expect(again.code).toBe(1);
    expect(again.stderr).toContain('src/protect already');
  });
});

describe('refused, and nothing changed', () => {
  const cases: Record<string, readonly [path: string, text: string, says: RegExp]> = {
    'a use that is no import': [
      'scripts/odd.js',
      "const name = 'scalekit-mcp-server';\n",
      /odd\.js, line 1.*neither imported nor declared/,
    ],
    'an export that is not there': [
      'src/odd.ts',
      "import { x } from 'scalekit-mcp-server/inside';\n",
      /odd\.ts, line 1.*no export/,
    ],
    'a folder src/protect of the owner’s': ['src/protect/mine.ts', 'export {};\n', /src\/protect is there/],
  };
  let folder: string;

  beforeAll(async () => {
    const parent = project.path('..');
    folder = join(parent, 'refused');
    const made = await run(
      process.execPath,
      [createProgram, 'refused', '--yes', '--no-install', '--no-git', '--no-check'],
      { cwd: parent },
    );
    expect(made.code).toBe(0);
    await mkdir(join(folder, 'node_modules'));
    for (const name of await readdir(join(repository, 'node_modules')))
      await symlink(join(repository, 'node_modules', name), join(folder, 'node_modules', name));
    const server = join(repository, 'dist/packages/scalekit-mcp-server');
    await symlink(server, join(folder, 'node_modules/scalekit-mcp-server'));
  });

  test.each(Object.entries(cases))('%s', async (_name, [path, text, says]) => {
    const file = join(folder, path);
    await mkdir(join(file, '..'), { recursive: true });
    await writeFile(file, text);
    const refused = await run(process.execPath, [scalekitProgram, 'eject', '--yes'], { cwd: folder });
    await rm(path.startsWith('src/protect') ? join(file, '..') : file, { recursive: true });
    expect(refused.stderr).toMatch(says);
    expect(refused.code).toBe(1);
    expect(await readFile(join(folder, 'package.json'), 'utf8')).toContain('"scalekit-mcp-server"');
  });

  test('a Python project', async () => {
    const python = project.path('..', 'python');
    await mkdir(python);
    await writeFile(join(python, 'server.py'), '');
    const refused = await run(process.execPath, [scalekitProgram, 'eject', '--yes'], { cwd: python });
    expect(refused).toMatchObject({ code: 1 });
    expect(refused.stderr).toContain('Python');
  });
});
