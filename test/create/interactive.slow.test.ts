import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { keys, pseudoTerminals, Terminal } from '../program/terminal.ts';
import { lacks } from '../support/needs.ts';
import { createProgram } from '../support/repository.ts';
import { temporaryDirectory } from '../support/temporary.ts';

/** The interactive path, in a real terminal, with the built program. */

const withoutTerminal = lacks('create in a terminal', [pseudoTerminals]);

const quick = '--no-install --no-git --no-check';
const detected = { npm_config_user_agent: 'npm/11.0.0 node/v20.20.2 linux x64' };

async function open(
  args = '',
  env: Record<string, string> = detected,
): Promise<{ terminal: Terminal; cwd: string }> {
  const cwd = await temporaryDirectory();
  const terminal = new Terminal(`${process.execPath} ${createProgram} ${args} ${quick}`, { cwd, env });
  onTestFinished(() => terminal.close());
  return { terminal, cwd };
}

const questions = {
  directory: 'Where should the project be created?',
  template: 'Which template?',
  scalekit: 'Which Scalekit should protect it?',
  metadata: 'Paste the "Metadata JSON"',
  clientId: 'Client id (',
  resourceId: 'Resource id (',
  manager: 'Which package manager?',
};

describe.skipIf(withoutTerminal)('in a terminal', () => {
  test('Enter all the way: three questions, the local Scalekit, commands outside the box', async () => {
    const { terminal, cwd } = await open();
    for (const question of [questions.directory, questions.template, questions.scalekit]) {
      await terminal.see(question);
      terminal.type(keys.enter);
    }
    expect(await terminal.exit()).toBe(0);
    const screen = terminal.screen();
    expect(screen).toContain('Use the local Scalekit (no account needed)');
    expect(screen).toContain('✓ Wrote ');
    expect(screen).toContain('\n  npm run dev\n');
    expect(screen).toContain('┌─Todo MCP─');
    expect(screen).toContain('npx create-scalekit-mcp todo-mcp --template todo --emulator');
    expect(screen).not.toContain(questions.manager);
    expect(await readdir(cwd)).toEqual(['todo-mcp']);
  });

  test.each([80, 40])('at %i columns the commands copy whole', async (columns) => {
    const cwd = await temporaryDirectory();
    const name = 'a-server-with-a-long-name-of-its-own';
    const command = `${process.execPath} ${createProgram} ${name} --template todo --emulator ${quick}`;
    const terminal = new Terminal(command, { cwd, env: detected, columns });
    onTestFinished(() => terminal.close());
    expect(await terminal.exit()).toBe(0);
    const lines = terminal
      .copied()
      .split('\n')
      .map((line) => line.trim());
    expect(lines).toEqual(
      expect.arrayContaining([
        `cd ${name}`,
        'npm run dev',
        'npx scalekit-mcp connect claude-code',
        `npx create-scalekit-mcp ${name} --template todo --emulator --package-manager npm --no-install --no-git --no-check`,
      ]),
    );
  });

  test('the package manager is asked for if none started the program', async () => {
    const { terminal, cwd } = await open('x --template blank --emulator --with none', {});
    await terminal.see(questions.manager);
    terminal.type(keys.down + keys.enter);
    expect(await terminal.exit()).toBe(0);
    expect(await readFile(join(cwd, 'x/README.md'), 'utf8')).toContain('pnpm install');
  });

  test('what was given is not asked for', async () => {
    const { terminal, cwd } = await open('x --template blank --emulator --with none');
    expect(await terminal.exit()).toBe(0);
    expect(terminal.screen()).not.toContain('?');
    expect(await readdir(cwd)).toEqual(['x']);
  });

  test('examples are asked for where the template has some, and any number can be chosen', async () => {
    const { terminal, cwd } = await open('x --template blank --emulator');
    await terminal.see('More examples');
    terminal.type(` ${keys.down} ${keys.enter}`);
    expect(await terminal.exit()).toBe(0);
    expect(terminal.screen()).toContain('--with resources,prompts');
    expect(await readdir(join(cwd, 'x/src'))).toEqual(expect.arrayContaining(['prompts', 'resources']));
  });

  test('a paste of the Metadata JSON, line breaks and tabs included, fills everything', async () => {
    const { terminal, cwd } = await open('x --template todo');
    await terminal.see(questions.scalekit);
    terminal.type(keys.down + keys.enter);
    await terminal.see(questions.metadata);
    const pasted = JSON.stringify(
      {
        authorization_servers: ['https://acme.scalekit.dev/resources/res_123'],
        bearer_methods_supported: ['header'],
        resource: 'http://localhost:3005/',
        scopes_supported: ['notes:read', 'notes:write'],
      },
      null,
      '\t',
    );
    // Terminals send a line break as Enter.
    terminal.type(`${pasted.replaceAll('\n', '\r')}\r`);
    expect(await terminal.exit()).toBe(0);
    expect(await readFile(join(cwd, 'x/.env'), 'utf8')).toContain(
      'PORT=3005\nSCALEKIT_ENVIRONMENT_URL=https://acme.scalekit.dev\nSCALEKIT_CLIENT_ID=\nSCALEKIT_RESOURCE_ID=res_123\nMCP_URL=http://localhost:3005/\n',
    );
    expect(await readFile(join(cwd, 'x/src/scopes.ts'), 'utf8')).toContain("'notes:write'");
  });

  test('values one by one are checked as they are typed, by the rules of the flags', async () => {
    const { terminal, cwd } = await open('x --template todo');
    await terminal.see(questions.scalekit);
    terminal.type(keys.down + keys.enter);
    await terminal.see(questions.metadata);
    terminal.type('acme.scalekit.dev\r');
    await terminal.see('The environment URL has no scheme');
    terminal.type(`${keys.clear}https://acme.scalekit.dev\r`);
    await terminal.see(questions.clientId);
    terminal.type('res_1\r');
    await terminal.see('The client id is set to a resource id');
    terminal.type(`${keys.clear}skc_1\r`);
    await terminal.see(questions.resourceId);
    terminal.type('res_1\r');
    expect(await terminal.exit()).toBe(0);
    expect(await readFile(join(cwd, 'x/.env'), 'utf8')).toContain(
      'SCALEKIT_ENVIRONMENT_URL=https://acme.scalekit.dev\nSCALEKIT_CLIENT_ID=skc_1\nSCALEKIT_RESOURCE_ID=res_1\n',
    );
  });

  test('metadata whose scopes the todo server cannot use is refused where it is pasted', async () => {
    const { terminal } = await open('x --template todo');
    await terminal.see(questions.scalekit);
    terminal.type(keys.down + keys.enter);
    await terminal.see(questions.metadata);
    terminal.type(
      '{"authorization_servers":["https://a.scalekit.dev/resources/res_1"],"resource":"http://localhost/","scopes_supported":["a"]}\r',
    );
    await terminal.see('The todo server needs one scope to read and one to write');
    terminal.type(keys.ctrlC);
    expect(await terminal.exit()).toBe(130);
  });

  test('a wrong directory is explained, and can be typed again', async () => {
    const { terminal, cwd } = await open('--template todo --emulator');
    await terminal.see(questions.directory);
    terminal.type('a:b\r');
    await terminal.see('A part of the path contains :');
    terminal.type(`${keys.clear}good\r`);
    expect(await terminal.exit()).toBe(0);
    expect(await readdir(cwd)).toEqual(['good']);
  });

  test('wrong flags are refused before anything is asked', async () => {
    const { terminal } = await open('--port abc');
    expect(await terminal.exit()).toBe(2);
    expect(terminal.screen()).not.toContain(questions.directory);
  });
});

describe.skipIf(withoutTerminal)('a folder that is not empty', () => {
  async function taken(answer: (terminal: Terminal) => Promise<void>) {
    const cwd = await temporaryDirectory();
    await mkdir(join(cwd, 'x'));
    await writeFile(join(cwd, 'x/mine'), 'mine');
    const command = `${process.execPath} ${createProgram} x --template todo --emulator ${quick}`;
    const terminal = new Terminal(command, { cwd, env: detected });
    onTestFinished(() => terminal.close());
    await terminal.see('x is not empty. What would you like to do?');
    await answer(terminal);
    return { code: await terminal.exit(), cwd, screen: terminal.screen() };
  }

  test('the first choice is a free name beside the taken one', async () => {
    const { code, cwd } = await taken(async (terminal) => terminal.type(keys.enter));
    expect(code).toBe(0);
    expect((await readdir(cwd)).sort()).toEqual(['x', 'x-1']);
    expect(await readdir(join(cwd, 'x'))).toEqual(['mine']);
  });

  test('another name', async () => {
    const { code, cwd } = await taken(async (terminal) => {
      terminal.type(keys.down + keys.enter);
      await terminal.see(questions.directory);
      terminal.type('other\r');
    });
    expect(code).toBe(0);
    expect((await readdir(cwd)).sort()).toEqual(['other', 'x']);
  });

  test('writing into it keeps what is there', async () => {
    const { code, cwd, screen } = await taken(async (terminal) => {
      terminal.type(keys.down + keys.down + keys.enter);
    });
    expect(code).toBe(0);
    expect(await readdir(join(cwd, 'x'))).toEqual(expect.arrayContaining(['mine', 'package.json']));
    expect(screen).toContain('--overwrite');
  });

  test('cancel', async () => {
    const { code, cwd } = await taken(async (terminal) => terminal.type(keys.up + keys.enter));
    expect(code).toBe(130);
    expect(await readdir(join(cwd, 'x'))).toEqual(['mine']);
  });
});

describe.skipIf(withoutTerminal)('Ctrl-C', () => {
  /** How to get to each question from the first. */
  const ways: ReadonlyArray<readonly [keyof typeof questions, string, string]> = [
    ['directory', '', ''],
    ['template', 'x', ''],
    ['scalekit', 'x --template todo', ''],
    ['metadata', 'x --template todo', keys.down + keys.enter],
    ['clientId', 'x --template todo --environment-url https://acme.scalekit.dev', ''],
    ['resourceId', 'x --template todo --environment-url https://acme.scalekit.dev --client-id skc_1', ''],
    ['manager', 'x --template todo --emulator', ''],
  ];

  test.each(ways)('at the question for %s: exit code 130, nothing left behind', async (name, args, way) => {
    const { terminal, cwd } = await open(args, name === 'manager' ? {} : detected);
    if (way !== '') {
      await terminal.see(questions.scalekit);
      terminal.type(way);
    }
    await terminal.see(questions[name]);
    terminal.type(keys.ctrlC);
    expect(await terminal.exit()).toBe(130);
    expect(terminal.screen()).toContain('Cancelled. Nothing was written.');
    expect(await readdir(cwd)).toEqual([]);
  });

  test.each(['escape', 'ctrlD'] as const)('%s is the same', async (key) => {
    const { terminal, cwd } = await open();
    await terminal.see(questions.directory);
    terminal.type(keys[key]);
    expect(await terminal.exit()).toBe(130);
    expect(await readdir(cwd)).toEqual([]);
  });
});
