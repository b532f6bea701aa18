import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Browser, chromium } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { keys, pseudoTerminals, Terminal } from '../program/terminal.ts';
import { consent } from '../support/browser.ts';
import { chromiumArguments, chromium as chromiumNeed, chromiumPath } from '../support/chromium.ts';
import { lacks } from '../support/needs.ts';
import { Opener } from '../support/opener.ts';
import { run } from '../support/program.ts';
import { scalekitProgram } from '../support/repository.ts';
import { temporaryDirectory } from '../support/temporary.ts';
import { changes, localEnv, makeProject, standInForAll } from './walk.ts';

/** The built program, in front of a person. */

const standIn = standInForAll();

async function open(args = '', env: Record<string, string> = { BROWSER: 'none' }) {
  const directory = await makeProject();
  const command = `${process.execPath} ${scalekitProgram} register --scalekit-mcp-url ${standIn().url} ${args}`;
  const terminal = new Terminal(command, { cwd: directory, env });
  onTestFinished(() => terminal.close());
  return { terminal, env: () => readFile(join(directory, '.env'), 'utf8') };
}

/** The address on the screen, which the terminal's edge has broken. */
async function signInPage(terminal: Terminal): Promise<URL> {
  await terminal.see('Waiting for the sign-in');
  const [address = ''] = /http:\/\/localhost:\d+\/resources\/(?:\S|\n(?!\n))+/.exec(terminal.screen()) ?? [];
  return new URL(address.replaceAll('\n', ''));
}

/** @returns the address where the browser ends. */
async function signIn(terminal: Terminal): Promise<string> {
  const page = await signInPage(terminal);
  return `${page.searchParams.get('redirect_uri')}?${await consent(page)}`;
}

describe.skipIf(lacks('register in a terminal', [pseudoTerminals]))('in a terminal', () => {
  test('signs in, confirms, and is done', async () => {
    const { terminal, env } = await open();
    const page = await fetch(await signIn(terminal));
    expect(await page.text()).toContain('go back to the terminal');
    await terminal.see('Do this?');
    expect(terminal.screen()).toContain('+ register the MCP server "Todo MCP" at http://localhost:3002/');
    expect(await env()).toBe(localEnv);
    terminal.type(keys.enter);
    await terminal.see('✓ .env now has');
    expect(await terminal.exit()).toBe(0);
    const id = standIn().environments[0]?.servers[0]?.id;
    expect(terminal.screen()).toContain(`Registered with Scalekit as ${id}`);
    expect(terminal.screen()).not.toMatch(/eyJ/);
    expect(await env()).toContain(`SCALEKIT_RESOURCE_ID=${id}\n`);
  });

  test('with the browser on another machine its last address can be pasted, and a wrong one is explained', async () => {
    const { terminal } = await open('--dry-run');
    const address = await signIn(terminal);
    terminal.type('http://127.0.0.1/callback?code=x&state=other\r');
    await terminal.see('This address belongs to another sign-in');
    terminal.type(`${keys.clear}${address}\r`);
    await terminal.see('Nothing was created or written.');
    expect(await terminal.exit()).toBe(0);
  });

  test('denied: says so, and creates nothing', async () => {
    const { terminal } = await open();
    const page = await signInPage(terminal);
    const back = new URL(page.searchParams.get('redirect_uri') ?? '');
    back.search = String(
      new URLSearchParams({
        error: 'access_denied',
        state: page.searchParams.get('state') ?? '',
        iss: `${standIn().signIn.url}/resources/${standIn().signIn.resourceId}`,
      }),
    );
    await fetch(back);
    await terminal.see('was denied');
    expect(await terminal.exit()).toBe(1);
    expect(changes(standIn())).toEqual([]);
  });

  test.each(['ctrlC', 'ctrlD', 'escape'] as const)('%s while it waits: exit code 130', async (key) => {
    const { terminal } = await open();
    await terminal.see('Waiting for the sign-in');
    terminal.type(keys[key]);
    await terminal.see('Cancelled. Nothing was created.');
    expect(await terminal.exit()).toBe(130);
  });

  test('answering no creates nothing', async () => {
    const { terminal, env } = await open();
    await fetch(await signIn(terminal));
    await terminal.see('Do this?');
    terminal.type('n');
    expect(await terminal.exit()).toBe(130);
    expect(changes(standIn())).toEqual([]);
    expect(await env()).toBe(localEnv);
  });

  test('--json: the document alone on stdout, in a file; the person reads on the terminal', async () => {
    const { terminal, env } = await open('--yes --json > report.json');
    await fetch(await signIn(terminal));
    expect(await terminal.exit()).toBe(0);
    expect(await env()).not.toBe(localEnv);
  });
});

describe('without a terminal', () => {
  test.each([[[]], [['--yes']], [['--dry-run']], [['--json', '--yes']]])(
    '%j: exit code 2, nothing written',
    async (args) => {
      const directory = await makeProject();
      const ended = await run(process.execPath, [scalekitProgram, 'register', ...args], { cwd: directory });
      expect(ended.code).toBe(2);
      expect(ended.stdout + ended.stderr).toContain('this is not a terminal');
      expect(await readFile(join(directory, '.env'), 'utf8')).toBe(localEnv);
    },
  );

  test.each([
    [['--scalekit-mcp-url', 'http://mcp.example.com/'], '--scalekit-mcp-url'],
    [['--mcp-url', 'http://localhost:3002/'], '--mcp-url: This URL is on this machine'],
    [['--mcp-url', 'todo.example.com'], '--mcp-url: MCP_URL has no scheme'],
    [['--metadata', '{}', '--environment', 'env_1'], '--environment cannot be used with it'],
  ])('%j: exit code 2', async (args, said) => {
    const ended = await run(process.execPath, [scalekitProgram, 'register', ...args], {
      cwd: await makeProject(),
    });
    expect(ended.code).toBe(2);
    expect(ended.stderr).toContain(said);
  });
});

describe.skipIf(lacks('register with a browser', [chromiumNeed, pseudoTerminals]))('in a browser', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: chromiumPath ?? '', args: [...chromiumArguments] });
  }, 60_000);
  afterAll(() => browser?.close());

  test('it opens by itself, and after Allow the page sends the person back to the terminal', async () => {
    const opener = await Opener.in(await temporaryDirectory('opener'));
    const { terminal } = await open('', opener.env);
    await opener.allow(browser);
    await terminal.see('Do this?');
    terminal.type(keys.enter);
    await terminal.see('Registered with Scalekit as res_');
    expect(await terminal.exit()).toBe(0);
  });
});
