import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { decodeJwt } from 'jose';
import { describe, expect, test } from 'vitest';
import { machineClient } from '../../src/emulator/users.ts';
import { freePort } from '../support/ports.ts';
import { until } from '../support/waiting.ts';
import { Foreign, publicTool } from './foreign.ts';
import { startOpenServer } from './open-server.ts';

/** `token`, `call` and `list` with a real Scalekit's tokens, without a terminal; token.slow.test.ts has one. */

const line = /^eyJ[\w-]+\.[\w-]+\.[\w-]+\n$/;

describe('without a terminal and without a kept token', () => {
  test.each([
    [['token'], 'npx scalekit-mcp token\n'],
    [['token', '--scopes', 'a:read,a:write'], 'npx scalekit-mcp token --scopes a:read,a:write\n'],
    [['token', '--as', 'ada@example.com'], 'npx scalekit-mcp token --as ada@example.com\n'],
    [['call', 'look'], 'npx scalekit-mcp token\n'],
    [['list', '--client-id', 'm2m_1'], 'npx scalekit-mcp token --client-id m2m_1\n'],
  ])('%j: exit code 2, nothing on stdout, and the command to run', async (args, command) => {
    const foreign = await Foreign.start();
    const ended = await foreign.run(args);
    expect(ended).toMatchObject({ code: 2, stdout: '' });
    expect(ended.stderr).toContain('Somebody has to sign in, and there is nobody to ask.');
    expect(ended.stderr.endsWith(`in a terminal, once: ${command}`)).toBe(true);
  });

  test('for another server the command has its address', async () => {
    const foreign = await Foreign.start();
    await foreign.leave();
    const { endpoint } = foreign.server;
    expect((await foreign.run(['list', '--url', endpoint])).stderr).toContain(`token --url ${endpoint}\n`);
  });
});

describe('a kept token', () => {
  test('is printed alone without asking anybody, and stored for its owner alone', async () => {
    const foreign = await Foreign.start();
    const { tokens } = await foreign.signIn();
    const before = foreign.requests.length;
    expect(await foreign.run(['token'])).toEqual({ code: 0, stdout: `${tokens.accessToken}\n`, stderr: '' });
    expect(foreign.requests.length).toBe(before);
    if (process.platform === 'win32') return;
    const folder = join(foreign.state, 'scalekit-mcp', 'tokens');
    const [file = '', ...others] = await readdir(folder);
    expect(others).toEqual([]);
    expect((await stat(folder)).mode & 0o777).toBe(0o700);
    expect((await stat(join(folder, file))).mode & 0o777).toBe(0o600);
  });

  test('is kept per choice of scopes and per user', async () => {
    const foreign = await Foreign.start();
    await foreign.signIn();
    await foreign.signIn(['a:read']);
    const narrow = await foreign.run(['token', '--scopes', 'a:read']);
    expect(String(decodeJwt(narrow.stdout).scope).split(' ')).not.toContain('a:write');
    const whole = await foreign.run(['token']);
    expect(String(decodeJwt(whole.stdout).scope).split(' ')).toContain('a:write');
    expect(await foreign.run(['token', '--as', 'ada'])).toMatchObject({ code: 2 });
  });

  test('is used by list and call', async () => {
    const foreign = await Foreign.start();
    await foreign.signIn();
    const list = await foreign.run(['list', '--json']);
    expect(JSON.parse(list.stdout)).toMatchObject({
      endpoint: foreign.server.endpoint,
      tools: [
        { name: 'greet', scopes: ['a:write'] },
        { name: 'look', scopes: ['a:read'] },
      ],
    });
    const call = await foreign.run(['call', 'greet', 'name=Ada']);
    expect({ code: call.code, data: JSON.parse(call.stdout) }).toEqual({
      code: 0,
      data: { greeting: 'Hello Ada' },
    });
  });

  test('that lacks the tool’s scope: exit code 2 with the scopes to ask for, and no call', async () => {
    const foreign = await Foreign.start();
    await foreign.signIn(['a:read']);
    const { code, stdout, stderr } = await foreign.run(['call', 'greet', 'name=Ada']);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain('npx scalekit-mcp token --scopes a:read,a:write\n');
    expect(foreign.server.log.filter(({ event }) => event === 'refused')).toHaveLength(1);
    await foreign.signIn(['a:read', 'a:write']);
    expect(await foreign.run(['call', 'greet', 'name=Ada'])).toMatchObject({ code: 0 });
  });

  test('is neither used nor stored with --no-cache', async () => {
    const foreign = await Foreign.start();
    await foreign.signIn();
    expect(await foreign.run(['token', '--no-cache'])).toMatchObject({ code: 2, stdout: '' });
  });

  test('is deleted by --logout, which says what it could not revoke', async () => {
    const foreign = await Foreign.start();
    await foreign.signIn();
    await foreign.signIn(['a:read']);
    const one = await foreign.run(['token', '--logout', '--scopes', 'a:read']);
    expect(one).toMatchObject({ code: 0, stdout: '', stderr: expect.stringContaining('one token') });
    expect(await foreign.run(['token'])).toMatchObject({ code: 0 });
    const all = await foreign.run(['token', '--logout']);
    expect(all.stderr).toContain('withdraws none for this client');
    expect(await foreign.run(['token'])).toMatchObject({ code: 2 });
    expect((await foreign.run(['token', '--logout'])).stderr).toContain('Nothing is kept');
    expect(await readdir(join(foreign.state, 'scalekit-mcp', 'tokens'))).toEqual([]);
  });
});

describe('a token that has expired', () => {
  /** A lifetime shorter than our margin, so that a token counts as expired at once. */
  const short = { tokenLifetime: 5 };

  test('is refreshed once for all programs that need it at the same time', async () => {
    const foreign = await Foreign.start(short);
    const { tokens } = await foreign.signIn();
    const before = foreign.tokenRequests();
    const ended = await Promise.all([1, 2, 3, 4].map(() => foreign.run(['call', 'look'])));
    for (const each of ended) expect(each).toMatchObject({ code: 0, stderr: '' });
    expect(foreign.tokenRequests() - before).toBeGreaterThan(0);
    const [now] = await foreign.kept().all();
    expect(now?.tokens.accessToken).not.toBe(tokens.accessToken);
    // Refresh tokens rotate: using one twice would have ended the connection.
    expect(await foreign.run(['token'])).toMatchObject({ code: 0, stdout: expect.stringMatching(line) });
  });

  test('and cannot be refreshed: somebody has to sign in', async () => {
    const foreign = await Foreign.start({ ...short, refreshLifetime: 1 });
    await foreign.signIn();
    await until('the refresh token to be over', async () => (await foreign.run(['token'])).code === 2);
    expect(await foreign.kept().all()).toEqual([]);
  });

  test('is kept while the authorization server does not answer, with a message', async () => {
    const foreign = await Foreign.start(short);
    await foreign.signIn();
    await foreign.server.scalekit.close();
    expect(await foreign.run(['token'])).toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringContaining('Nothing answers at http://localhost:'),
    });
    expect(await foreign.kept().all()).toHaveLength(1);
  });

  test('or that the server refuses (401) is replaced during a call', async () => {
    const foreign = await Foreign.start();
    const { tokens } = await foreign.signIn();
    const [kept] = await foreign.kept().all();
    if (kept === undefined) throw new Error('nothing is kept');
    const broken = { ...tokens, accessToken: `${tokens.accessToken.slice(0, -4)}AAAA` };
    await foreign.kept().keep({ ...kept, tokens: broken });
    expect(await foreign.run(['call', 'look'])).toMatchObject({ code: 0 });
    expect(await foreign.run(['token'])).toMatchObject({ code: 0, stdout: expect.stringMatching(line) });
  });
});

describe('a machine', () => {
  const credentials = {
    SCALEKIT_CLIENT_ID: machineClient.clientId,
    SCALEKIT_CLIENT_SECRET: machineClient.clientSecret,
  };

  test('gets its token by client credentials from the environment, and keeps it', async () => {
    const foreign = await Foreign.start();
    await foreign.leave();
    const args = ['--url', foreign.server.endpoint, '--machine'];
    const { code, stdout, stderr } = await foreign.run(['token', ...args], credentials);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(decodeJwt(stdout)).toMatchObject({ sub: machineClient.clientId });
    expect(await foreign.run(['token', ...args])).toMatchObject({ code: 0, stdout });
    const call = await foreign.run(['call', 'greet', 'name=Ada', ...args, '--no-cache'], credentials);
    expect(call).toMatchObject({ code: 0, stdout: expect.stringContaining('Hello Ada') });
  });

  test('sends its secret to the authorization server of the project’s settings alone', async () => {
    const foreign = await Foreign.start();
    const ended = await foreign.run(['token', '--machine'], credentials);
    expect(ended).toMatchObject({ code: 1, stdout: '' });
    expect(ended.stderr).toContain('names another authorization server than the project');
    expect(foreign.tokenRequests()).toBe(0);
  });

  test.each([
    [{}, 'no SCALEKIT_CLIENT_ID and no SCALEKIT_CLIENT_SECRET'],
    [{ SCALEKIT_CLIENT_ID: 'm2m_1' }, 'there is no SCALEKIT_CLIENT_SECRET'],
    [{ SCALEKIT_CLIENT_ID: 'skc_1', SCALEKIT_CLIENT_SECRET: 'x' }, 'the environment’s own client'],
  ])('%j: exit code 2', async (env, said) => {
    const foreign = await Foreign.start();
    const ended = await foreign.run(['token', '--machine'], env);
    expect(ended).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining(said) });
  });

  test('with a wrong secret is refused without showing the secret', async () => {
    const foreign = await Foreign.start();
    await foreign.leave();
    const wrong = { ...credentials, SCALEKIT_CLIENT_SECRET: 'not-the-secret' };
    const ended = await foreign.run(['token', '--machine', '--url', foreign.server.endpoint], wrong);
    expect(ended).toMatchObject({ code: 1, stdout: '', stderr: expect.stringContaining('failed') });
    expect(ended.stderr).not.toContain('not-the-secret');
  });
});

describe('a server that cannot be reached', () => {
  test('list: exit code 3; call: 1; both name the address', async () => {
    const foreign = await Foreign.start();
    await foreign.signIn();
    await foreign.server.stop();
    const said = expect.stringContaining(`Nothing answers at ${foreign.server.endpoint}`);
    expect(await foreign.run(['list'])).toMatchObject({ code: 3, stdout: '', stderr: said });
    expect(await foreign.run(['call', 'look'])).toMatchObject({ code: 1, stdout: '', stderr: said });
    const json = await foreign.run(['list', '--json']);
    expect(JSON.parse(json.stdout)).toMatchObject({ ok: false, exitCode: 3, error: { code: 'no-answer' } });
  });

  test('a machine’s token for a port where nothing listens', async () => {
    const foreign = await Foreign.start();
    const url = `http://127.0.0.1:${await freePort()}/mcp`;
    const env = { SCALEKIT_CLIENT_ID: 'm2m_1', SCALEKIT_CLIENT_SECRET: 'x' };
    expect(await foreign.run(['list', '--url', url, '--machine'], env)).toMatchObject({ code: 3 });
  });
});

describe('a server that asks for no token', () => {
  test('is called without one', async () => {
    const [foreign, url] = [await Foreign.start(), await startOpenServer()];
    const list = await foreign.run(['list', '--url', url]);
    expect(list).toEqual({ code: 0, stdout: 'look()\n', stderr: '' });
    const call = await foreign.run(['call', 'look', '--url', url]);
    expect(call).toEqual({ code: 0, stdout: 'a thing\n', stderr: '' });
    const machine = await foreign.run(['call', 'look', '--url', url, '--machine']);
    expect(machine).toMatchObject({ code: 0, stderr: '' });
  });

  test('has no token to give', async () => {
    const [foreign, url] = [await Foreign.start(), await startOpenServer()];
    expect(await foreign.run(['token', '--url', url])).toMatchObject({ code: 2, stdout: '' });
  });

  test('except for its tools: somebody has to sign in, or exit code 2 without a terminal', async () => {
    const [foreign, url] = [await Foreign.start(), await startOpenServer(['tools/call'])];
    expect(await foreign.run(['list', '--url', url])).toMatchObject({ code: 0, stdout: 'look()\n' });
    const call = await foreign.run(['call', 'look', '--url', url]);
    expect(call).toMatchObject({ code: 2, stdout: '' });
    expect(call.stderr).toContain(`in a terminal, once: npx scalekit-mcp token --url ${url}\n`);
  });
});

describe('a server with a public tool', () => {
  test('is listed and called without a token, and asks for one when a protected tool needs it', async () => {
    const foreign = await Foreign.start({}, [publicTool]);
    const list = await foreign.run(['list']);
    expect(list).toMatchObject({ code: 0, stderr: '' });
    expect(list.stdout).toContain('look()\n    Looks.\n    needs a:read\n');
    expect(list.stdout).toContain('hello()\n    Says hello.\n    needs no token\n');
    const hello = await foreign.run(['call', 'hello']);
    expect([hello.code, JSON.parse(hello.stdout)]).toEqual([0, { user: 'nobody' }]);
    const look = await foreign.run(['call', 'look']);
    expect(look).toMatchObject({ code: 2, stdout: '' });
    expect(look.stderr).toContain('in a terminal, once: npx scalekit-mcp token --scopes a:read\n');
  });

  test('gives tokens like any other: its metadata says where to sign in', async () => {
    const foreign = await Foreign.start({}, [publicTool]);
    await foreign.signIn();
    expect(await foreign.run(['token'])).toMatchObject({ code: 0, stdout: expect.stringMatching(line) });
    expect(await foreign.run(['call', 'look'])).toMatchObject({ code: 0 });
    const hello = await foreign.run(['call', 'hello']);
    expect(JSON.parse(hello.stdout).user).toMatch(/^usr_/);
  });
});
