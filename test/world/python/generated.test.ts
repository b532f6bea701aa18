import { readFile, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { describeRunning, type Kind } from '../../e2e/describe-generated.ts';
import { GeneratedProject, stopServer } from '../../support/generated.ts';
import { lacks } from '../../support/needs.ts';
import { pythonNeeds } from '../../support/packages.ts';
import { Program, run } from '../../support/program.ts';
import { scalekitProgram } from '../../support/repository.ts';

/** Projects in Python, really installed from PyPI as their owner would, and used from end to end. */

// biome-ignore lint/suspicious/noTemplateCurlyInString: it is a name that somebody may give.
const name = 'It\'s "hard" 🙂 {{name}} ${name}';

const todo: Kind & { readonly template: string } = {
  title: 'the todo server in Python',
  template: 'todo',
  options: ['--language', 'python', '--name', name],
  name,
  scopes: ['todo:read', 'todo:write'],
  tools: ['create_todo', 'delete_todo', 'get_todo', 'list_todos', 'update_todo'],
  narrow: 'todo:read',
  allowed: 'list_todos',
  denied: { tool: 'create_todo', scope: 'todo:write', args: { title: 'Buy milk' } },
};

const blank: Kind & { readonly template: string } = {
  title: 'the blank server in Python',
  template: 'blank',
  options: ['--language', 'python', '--template', 'blank', '--scopes', 'lambda,files:read,2fa'],
  name: 'Project',
  scopes: ['lambda', 'files:read', '2fa'],
  tools: ['lambda_tool', 'files_read', 'tool_2fa'],
  narrow: 'files:read',
  allowed: 'files_read',
  denied: { tool: 'lambda_tool', scope: 'lambda', args: {} },
};

const skipped = lacks('projects in Python', pythonNeeds);

describe.skipIf(skipped).each([todo, blank])('$title', (kind) => {
  let project: GeneratedProject;
  beforeAll(async () => {
    project = await GeneratedProject.make(kind.options);
  });
  afterAll(() => project?.remove());

  const scalekitMcp = (...args: readonly string[]) =>
    run(process.execPath, [scalekitProgram, ...args], { cwd: project.directory });

  test('was installed and checked when it was made', () => {
    for (const result of [
      'Installed with Python and npm',
      'The server starts',
      'A call without a token is refused',
    ])
      expect(project.made.stdout).toContain(`✓ ${result}`);
    expect(project.made.stdout).not.toMatch(/✗|could not/);
    expect(project.made.stderr).toBe('');
  });

  test.each([
    ['pytest', ['-q'], /^\d+ passed/m],
    ['ruff', ['check'], /All checks passed/],
    ['ruff', ['format', '--check', 'scopes.py', 'protection', 'tests'], /already formatted/],
    ['mypy', ['.'], /Success: no issues/],
  ])('%s %j', async (module, args, says) => {
    const { code, stdout, stderr } = await project.python('-m', module, ...args);
    expect(code, stdout + stderr).toBe(0);
    expect(stdout + stderr).toMatch(says);
    expect(stdout, 'the whole sign-in, too').not.toContain('skipped');
  });

  describeRunning(kind, () => project);

  test('doctor finds nothing, in its files and in the running server', async () => {
    const scalekit = await project.startScalekit(kind.scopes);
    onTestFinished(() => scalekit.close());
    const server = await project.startServer();
    onTestFinished(() => stopServer(server));
    const { code, stdout } = await scalekitMcp('doctor', '--json');
    const { results } = JSON.parse(stdout) as { results: ReadonlyArray<{ state: string }> };
    expect(results.filter(({ state }) => state !== 'passed' && state !== 'skipped')).toEqual([]);
    expect(code).toBe(0);
    expect(await scalekitMcp('update', '--check')).toMatchObject({ code: 0 });
  });

  test('dev serves what is saved, and calls, lists and makes tokens', async () => {
    const dev = new Program(process.execPath, [scalekitProgram, 'dev'], {
      cwd: project.directory,
      group: true,
    });
    onTestFinished(() => dev.kill());
    await dev.says(/Ready in/);
    expect((await scalekitMcp('token')).stdout).toMatch(/^eyJ/);
    const called = await scalekitMcp('call', kind.allowed, '--json');
    expect(called.code, called.stderr).toBe(0);
    expect(
      await scalekitMcp('add', 'tool', 'archive_note', '--scopes', 'notes:archive', '--yes'),
    ).toMatchObject({
      code: 0,
    });
    await dev.says(/restarted in/);
    const { stdout } = await scalekitMcp('call', 'archive_note', 'message=Hi');
    expect(JSON.parse(stdout)).toMatchObject({ message: 'Hi' });
    const tool = project.path('tools/archive_note.py');
    await writeFile(tool, `${await readFile(tool, 'utf8')}x = (\n`);
    await dev.says(/SyntaxError[\s\S]*the server keeps running as it was/);
    expect((await scalekitMcp('call', 'archive_note')).code).toBe(0);
    await writeFile(tool, (await readFile(tool, 'utf8')).replace('x = (\n', ''));
    dev.signalGroup('SIGINT');
    expect((await dev.ended()).code).toBe(130);
    const tests = await project.python('-m', 'pytest', '-q');
    expect(tests.code, tests.stdout).toBe(0);
  });

  test('has nothing to eject', async () => {
    expect(await scalekitMcp('eject', '--yes')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('its protection is a module of its own already'),
    });
  });

  test.each([
    [
      { APP_ENV: 'production' },
      /SCALEKIT_ENVIRONMENT_URL is `http.*`: leads to the local Scalekit[\s\S]*MCP_URL is `http.*`: is http/,
    ],
    [{ MCP_URL: 'nonsense' }, /MCP_URL is `nonsense`: MCP_URL has no scheme/],
    [{ SCALEKIT_RESOURCE_ID: 'skc_1' }, /SCALEKIT_RESOURCE_ID is `skc_1`: This is not a resource id/],
  ])('does not start with %j', async (env, says) => {
    const started = await run(project.path('.venv/bin/python'), ['server.py'], {
      cwd: project.directory,
      env,
    });
    expect(started).toMatchObject({ code: 1, stderr: expect.stringMatching(says) });
  });
});
