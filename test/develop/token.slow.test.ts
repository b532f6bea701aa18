import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { decodeJwt } from 'jose';
import { type Browser, chromium } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { keys, pseudoTerminals, Terminal } from '../program/terminal.ts';
import { consent } from '../support/browser.ts';
import { chromiumArguments, chromium as chromiumNeed, chromiumPath } from '../support/chromium.ts';
import { lacks } from '../support/needs.ts';
import { Opener } from '../support/opener.ts';
import { freePort } from '../support/ports.ts';
import { run } from '../support/program.ts';
import { scalekitProgram } from '../support/repository.ts';
import { temporaryDirectory } from '../support/temporary.ts';
import { Foreign } from './foreign.ts';

/** The built program with a real Scalekit's tokens: a person in a terminal, and scripts without one. */

const program = `${process.execPath} ${scalekitProgram}`;
/** Time for a program's first answer, on a busy machine that has to start it. */
const patience = 60_000;

interface Place {
  readonly columns?: number;
  readonly env?: Record<string, string>;
}

function open(foreign: Foreign, command: string, { columns = 100, env = {} }: Place = {}): Terminal {
  const terminal = new Terminal(command, {
    cwd: foreign.directory,
    columns,
    env: { BROWSER: 'none', ...foreign.environment, ...env },
  });
  onTestFinished(() => terminal.close());
  return terminal;
}

/** The address on the screen, as a mouse copies it. */
async function signInPage(terminal: Terminal): Promise<URL> {
  await terminal.see('Waiting for the sign-in', patience);
  const [address = ''] = /http:\/\/localhost:\d+\/resources\/\S+/.exec(terminal.copied()) ?? [];
  return new URL(address);
}

/** Grants everything that is requested. @returns the scopes that were requested. */
async function allow(terminal: Terminal, deliver = true): Promise<{ scope: string; address: string }> {
  const page = await signInPage(terminal);
  const address = `${page.searchParams.get('redirect_uri')}?${await consent(page)}`;
  if (deliver) expect(await (await fetch(address)).text()).toContain('go back to the terminal');
  return { scope: page.searchParams.get('scope') ?? '', address };
}

describe.skipIf(lacks('token and call in a terminal', [pseudoTerminals]))('in a terminal', () => {
  test('TOKEN=$(scalekit-mcp token): messages go to the terminal, and the variable holds the token alone', async () => {
    const foreign = await Foreign.start();
    const script = `sh -c 'TOKEN=$(${program} token) && echo "<$TOKEN>"'`;
    const terminal = open(foreign, script);
    expect((await allow(terminal)).scope).toBe('a:read a:write offline_access');
    expect(await terminal.exit()).toBe(0);
    expect(terminal.copied()).toMatch(/<eyJ[\w-]+\.[\w-]+\.[\w-]+>/);
    expect(terminal.screen()).toContain('✓ Signed in: a:read, a:write (kept, and renewed when it expires;');
    const again = open(foreign, script);
    expect(await again.exit()).toBe(0);
    expect(again.screen()).not.toContain('Waiting for the sign-in');
    expect(again.copied()).toMatch(/^<eyJ/m);
  });

  test('the browser is on another machine: the address of its last page is pasted', async () => {
    const foreign = await Foreign.start();
    const terminal = open(foreign, `${program} token --scopes a:read > token.txt`);
    const { address } = await allow(terminal, false);
    terminal.type('http://127.0.0.1/callback?code=x&state=other\r');
    await terminal.see('This address belongs to another sign-in');
    terminal.type(`${keys.clear}${address}\r`);
    expect(await terminal.exit()).toBe(0);
    expect(await readFile(join(foreign.directory, 'token.txt'), 'utf8')).toMatch(/^eyJ\S+\n$/);
  });

  test('call: signs in for the base scopes, and again for the tool’s scopes', async () => {
    const foreign = await Foreign.start();
    const terminal = open(foreign, `${program} call greet name=Ada`);
    expect((await allow(terminal)).scope).toBe('a:read offline_access');
    await terminal.see('✓ Signed in: a:read (', patience);
    const second = /Waiting for the sign-in[\s\S]*Waiting for the sign-in/;
    await terminal.see(second, patience);
    const pages = [...terminal.copied().matchAll(/http:\/\/localhost:\d+\/resources\/\S+/g)];
    const page = new URL(pages.at(-1)?.[0] ?? '');
    expect(page.searchParams.get('scope')).toBe('a:read a:write offline_access');
    await fetch(`${page.searchParams.get('redirect_uri')}?${await consent(page)}`);
    expect(await terminal.exit()).toBe(0);
    expect(terminal.screen()).toContain('"greeting": "Hello Ada"');
    expect(await foreign.run(['call', 'greet', 'name=Bob'])).toMatchObject({ code: 0 });
  });

  test('a scope that the person does not allow: the tool is not called, and the reason is shown', async () => {
    const foreign = await Foreign.start();
    await foreign.signIn(['a:read']);
    const terminal = open(foreign, `${program} call greet name=Ada`);
    for (const round of [1, 2]) {
      await terminal.see(new RegExp(`(?:Waiting for the sign-in[\\s\\S]*){${round}}`), patience);
      const pages = [...terminal.copied().matchAll(/http:\/\/localhost:\d+\/resources\/\S+/g)];
      const page = new URL(pages[round - 1]?.[0] ?? '');
      await fetch(`${page.searchParams.get('redirect_uri')}?${await consent(page, { grants: ['a:read'] })}`);
    }
    expect(await terminal.exit()).toBe(1);
    expect(terminal.screen()).toContain('This call needs the scope a:write');
  });

  test.each(['ctrlC', 'ctrlD', 'escape'] as const)('%s while it waits: exit code 130', async (key) => {
    const foreign = await Foreign.start();
    const terminal = open(foreign, `${program} token`);
    await signInPage(terminal);
    terminal.type(keys[key]);
    await terminal.see('Cancelled. Nobody is signed in.');
    expect(await terminal.exit()).toBe(130);
    expect(await foreign.kept().all()).toEqual([]);
  });

  test('denied: exit code 1 with a message', async () => {
    const foreign = await Foreign.start();
    const terminal = open(foreign, `${program} list`);
    const page = await signInPage(terminal);
    const back = new URL(page.searchParams.get('redirect_uri') ?? '');
    const { url, resourceId } = foreign.server.scalekit;
    back.search = String(
      new URLSearchParams({
        error: 'access_denied',
        state: page.searchParams.get('state') ?? '',
        iss: `${url}/resources/${resourceId}`,
      }),
    );
    await fetch(back);
    await terminal.see('was denied', patience);
    // The list could not be fetched, which says nothing about the server.
    expect(await terminal.exit()).toBe(3);
  });

  test('an existing client with a fixed redirect URI', async () => {
    const foreign = await Foreign.start();
    const port = await freePort();
    const { url, resourceId } = foreign.server.scalekit;
    const registered = await fetch(`${url}/api/v1/resources/${resourceId}/clients:register`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        client_name: 'known',
        redirect_uris: [`http://127.0.0.1:${port}/callback`],
        token_endpoint_auth_method: 'none',
      }),
    });
    const { client_id: id } = (await registered.json()) as { client_id: string };
    const options = `--client-id ${id} --callback-port ${port} --as second.user@example.com`;
    const terminal = open(foreign, `${program} token ${options} > token.txt`);
    const page = await signInPage(terminal);
    expect(page.searchParams.get('client_id')).toBe(id);
    expect(page.searchParams.get('login_hint')).toBe('second.user@example.com');
    const back = await fetch(`${page.searchParams.get('redirect_uri')}?${await consent(page)}`);
    expect(back.status).toBe(200);
    expect(await terminal.exit()).toBe(0);
    const { sub, client_id } = decodeJwt(await readFile(join(foreign.directory, 'token.txt'), 'utf8'));
    expect({ sub, client_id }).toEqual({ sub: 'usr_1000000000000004', client_id: id });
  });

  test.each([
    ['60 columns', { columns: 60 }],
    ['NO_COLOR', { env: { NO_COLOR: '1' } }],
  ])('%s: a readable list, and errors that suggest what was meant', async (_, place) => {
    const foreign = await Foreign.start();
    await foreign.signIn();
    const list = open(foreign, `${program} list`, place);
    expect(await list.exit()).toBe(0);
    expect(list.screen()).toBe(
      'greet(name: string)\n    Greets somebody.\n    needs a:write\nlook()\n    Looks.\n    needs a:read',
    );
    const wrong = open(foreign, `${program} call great nmae=Ada`, place);
    expect(await wrong.exit()).toBe(2);
    expect(wrong.copied()).toContain('There is no tool great; did you mean greet? expected greet, look');
    const argument = open(foreign, `${program} call greet nmae=Ada`, place);
    expect(await argument.exit()).toBe(2);
    expect(argument.copied()).toContain(
      'nmae is not an argument of greet; did you mean name? It takes: name',
    );
  });
});

describe('without a terminal', () => {
  const scalekit = (foreign: Foreign, ...args: readonly string[]) =>
    run(process.execPath, [scalekitProgram, ...args], { cwd: foreign.directory, env: foreign.environment });

  test('data alone goes to stdout, messages to stderr, and the exit code tells the outcome', async () => {
    const foreign = await Foreign.start({ tokenLifetime: 3600 });
    expect(await scalekit(foreign, 'token')).toMatchObject({ code: 2, stdout: '' });
    const { tokens } = await foreign.signIn();
    const token = `${tokens.accessToken}\n`;
    expect(await scalekit(foreign, 'token')).toMatchObject({ code: 0, stdout: token, stderr: '' });
    const curl = await scalekit(foreign, 'token', '--curl');
    expect(curl).toMatchObject({ code: 0, stderr: '' });
    expect(curl.stdout).not.toContain('eyJ');
    const call = await scalekit(foreign, 'call', 'greet', 'name=Ada', '--json');
    expect(call).toMatchObject({ code: 0, stderr: '' });
    expect(JSON.parse(call.stdout)).toMatchObject({ structuredContent: { greeting: 'Hello Ada' } });
    const wrong = await scalekit(foreign, 'call', 'greet', '--json');
    expect(wrong).toMatchObject({ code: 2, stderr: '' });
    expect(JSON.parse(wrong.stdout)).toMatchObject({
      ok: false,
      exitCode: 2,
      error: { code: 'call/arguments' },
    });
    expect(await scalekit(foreign, 'token', '--logout')).toMatchObject({ code: 0, stdout: '' });
    expect(await scalekit(foreign, 'token')).toMatchObject({ code: 2, stdout: '' });
  });

  test('several programs at once use a refresh token once', async () => {
    const foreign = await Foreign.start({ tokenLifetime: 60 });
    await foreign.signIn();
    const [kept] = await foreign.kept().all();
    if (kept === undefined) throw new Error('nothing is kept');
    await foreign.kept().keep({ ...kept, tokens: { ...kept.tokens, expiresAt: Date.now() } });
    const before = foreign.tokenRequests();
    const ended = await Promise.all([1, 2, 3].map(() => scalekit(foreign, 'token')));
    for (const each of ended) expect(each).toMatchObject({ code: 0, stderr: '' });
    expect(new Set(ended.map(({ stdout }) => stdout)).size).toBe(1);
    expect(foreign.tokenRequests() - before).toBe(1);
  });
});

describe.skipIf(lacks('token with a browser', [chromiumNeed, pseudoTerminals]))('in a browser', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: chromiumPath ?? '', args: [...chromiumArguments] });
  }, 60_000);
  afterAll(() => browser?.close());

  test('it opens by itself, and the token has the scopes that were ticked and allowed', async () => {
    const foreign = await Foreign.start();
    const opener = await Opener.in(await temporaryDirectory('opener'));
    const terminal = open(foreign, `${program} token`, { env: opener.env });
    await opener.allow(browser, patience, (page) =>
      page.getByRole('checkbox', { name: 'a:write' }).uncheck(),
    );
    expect(await terminal.exit()).toBe(0);
    expect(terminal.screen()).toContain('✓ Signed in: a:read (');
  });
});
