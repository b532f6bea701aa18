import { createServer } from 'node:http';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import type { Emulator } from '../../src/emulator/index.ts';
import { GeneratedProject, stopServer } from '../support/generated.ts';
import { nodeBinary } from '../support/packages.ts';
import { freePort } from '../support/ports.ts';
import { commandLines } from '../support/processes.ts';
import { Program, run } from '../support/program.ts';
import { scalekitProgram } from '../support/repository.ts';
import { until } from '../support/waiting.ts';

/** The official Inspector, as `scalekit-mcp inspect` starts it, on a Node.js that it supports. */

let project: GeneratedProject;
let scalekit: Emulator;
let server: Program;
let node: string;

beforeAll(async () => {
  [project, node] = await Promise.all([GeneratedProject.make(['--no-check']), nodeBinary(24)]);
  for (const [kind, name, scope] of [
    ['resource', 'weekly_report', 'todo:read'],
    ['prompt', 'sum_up', 'todo:write'],
  ] as const) {
    const args = [scalekitProgram, 'add', kind, name, '--scopes', scope, '--yes'];
    expect(await run(node, args, { cwd: project.directory })).toMatchObject({ code: 0 });
  }
  await project.built();
  scalekit = await project.startScalekit(
    ['todo:read', 'todo:write'],
    join(project.path('.state'), 'scalekit-mcp'),
  );
  server = await project.startServer();
});

afterAll(async () => {
  await stopServer(server);
  await scalekit.close();
  await project.remove();
});

/** The person's: this Node.js is on the PATH, and the local Scalekit's key is theirs. */
function environment() {
  return { PATH: `${dirname(node)}:${process.env.PATH}`, XDG_STATE_HOME: project.path('.state') };
}

function inspect(...args: readonly string[]): Program {
  const program = new Program(node, [scalekitProgram, 'inspect', ...args], {
    cwd: project.directory,
    env: { ...environment(), MCP_AUTO_OPEN_ENABLED: 'false' },
    group: true,
  });
  onTestFinished(() => program.kill());
  return program;
}

describe('inspect', () => {
  test('--cli lists the tools, and calls one with a token that is in no list of processes', async () => {
    const listed = await inspect('--cli', '--json').ended();
    expect(listed.code, listed.stderr).toBe(0);
    expect(listed.stdout).toContain('create_todo');
    const called = await inspect(
      '--cli',
      '--',
      '--method',
      'tools/call',
      '--tool-name',
      'list_todos',
    ).ended();
    expect(called.code, called.stderr).toBe(0);
    expect(called.stdout).toContain('todos');
    expect(listed.stderr + called.stderr).not.toContain('Bearer');
  });

  test.each([
    [['resources/list'], 'weekly-report://1'],
    [['resources/templates/list'], 'weekly-report://{id}'],
    [['resources/read', '--uri', 'weekly-report://1'], 'Read by usr_'],
    [['prompts/list'], 'sum_up'],
    [['prompts/get', '--prompt-name', 'sum_up', '--prompt-args', 'style=short'], 'in this style: short'],
  ])('--cli reads the resource and gets the prompt that were added: %j', async (words, says) => {
    const { code, stdout, stderr } = await inspect('--cli', '--', '--method', ...words).ended();
    expect(code, stdout + stderr).toBe(0);
    expect(stdout).toContain(says);
  });

  test.each([
    ['todo:write', ['resources/read', '--uri', 'weekly-report://1']],
    ['todo:read', ['prompts/get', '--prompt-name', 'sum_up', '--prompt-args', 'style=short']],
  ])('--cli with %s alone is refused what needs another scope: %j', async (scope, words) => {
    const args = ['--cli', '--scopes', scope, '--', '--method', ...words];
    const { code, stdout, stderr } = await inspect(...args).ended();
    expect(code).toBe(1);
    expect(stdout + stderr).toMatch(/scope/);
  });

  test('--cli with a scope too few ends with 1', async () => {
    const words = ['--method', 'tools/call', '--tool-name', 'create_todo', '--tool-arg', 'title=x'];
    const { code, stdout, stderr } = await inspect('--cli', '--scopes', 'todo:read', '--', ...words).ended();
    expect(code).toBe(1);
    expect(stdout + stderr).toMatch(/scope/);
  });

  test('opens the page with the server filled in; one Ctrl-C ends everything', async () => {
    const port = await freePort();
    const page = inspect('--port', String(port));
    await page.says(/npx -y -p/);
    await until(
      'the page',
      async () => (await fetch(`http://localhost:${port}/`).catch(() => undefined))?.ok === true,
      120_000,
    );
    page.child.kill('SIGINT');
    expect((await page.ended()).code).toBe(130);
    await until('all of it to be gone', async () =>
      (await commandLines()).every((line) => !line.includes(`--server-url ${project.endpoint}`)),
    );
  });

  test('explains a port that is taken', async () => {
    const port = await freePort();
    const other = createServer().listen(port, '127.0.0.1');
    onTestFinished(() => void other.close());
    const { code, stderr } = await inspect('--port', String(port)).ended();
    expect(code).toBe(1);
    expect(stderr).toContain(`Port ${port} is taken`);
    expect(stderr).toContain(`inspect --port ${port + 1}`);
  });

  test('says that the registry does not answer', async () => {
    const program = new Program(node, [scalekitProgram, 'inspect', '--cli'], {
      cwd: project.directory,
      env: {
        ...environment(),
        npm_config_registry: 'http://127.0.0.1:9/',
        npm_config_cache: project.path('.empty-cache'),
      },
    });
    const { code, stderr } = await program.ended();
    expect(code).toBe(1);
    expect(stderr).toContain('The Inspector could not be fetched: npm’s registry does not answer');
  });
});
