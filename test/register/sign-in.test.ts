import { once } from 'node:events';
import { createServer, type IncomingMessage, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { canOpenBrowser } from '../../src/sign-in/browser.ts';
import { openLoopback } from '../../src/sign-in/loopback.ts';
import type { Visit } from '../../src/sign-in/visit.ts';
import { changes, makeProject, ScriptedPerson, standInForAll, walk } from './walk.ts';

const standIn = standInForAll();

/** A person whose browser comes back with something other than what it was sent with. */
class Meddler extends ScriptedPerson {
  readonly #change: (parameters: URLSearchParams) => void;

  constructor(change: (parameters: URLSearchParams) => void) {
    super();
    this.#change = change;
  }

  override async visit(visit: Visit): Promise<URLSearchParams> {
    const parameters = new URLSearchParams(await super.visit(visit));
    this.#change(parameters);
    return parameters;
  }
}

describe('a sign-in', () => {
  test('asks for what the tools need, and for no refresh token', async () => {
    let asked: URLSearchParams | undefined;
    const person = new ScriptedPerson();
    const visit = person.visit.bind(person);
    person.visit = (each) => {
      asked = each.url.searchParams;
      return visit(each);
    };
    await walk(standIn(), await makeProject(), { dryRun: true }, person);
    expect(asked?.get('scope')).toBe('env:read env:write');
    expect(asked?.get('code_challenge_method')).toBe('S256');
    expect(asked?.get('resource')).toBe(standIn().url);
    expect(asked?.get('redirect_uri')).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/callback$/);
  });

  test('that may only read finds what exists, creates nothing, and says so', async () => {
    const person = new ScriptedPerson();
    person.grants = ['env:read'];
    await expect(walk(standIn(), await makeProject(), {}, person)).rejects.toMatchObject({
      exitCode: 1,
      code: 'register/read-only',
    });
    expect(changes(standIn())).toEqual([]);
  });

  test.each([
    ['from another issuer (RFC 9207)', { iss: 'https://evil.example' }, /issuer/i],
    ['with a code that is not the one', { code: 'made-up' }, /failed/],
  ])('that comes back %s is refused, with the dashboard’s steps', async (_title, changed, said) => {
    const person = new Meddler((parameters) => {
      for (const [name, value] of Object.entries(changed)) parameters.set(name, value);
    });
    const error = await walk(standIn(), await makeProject(), {}, person).catch((each) => each);
    expect(error).toMatchObject({ exitCode: 1, next: expect.stringContaining('register --metadata -') });
    expect(error.message).toMatch(said);
    expect(changes(standIn())).toEqual([]);
  });

  test('without client registration is explained', async () => {
    standIn().signIn.configure({ dynamicClientRegistration: false });
    onTestFinished(() => standIn().signIn.configure({ dynamicClientRegistration: true }));
    await expect(walk(standIn(), await makeProject())).rejects.toThrow(
      /does not support dynamic client registration/,
    );
  });
});

describe('another Scalekit MCP server', () => {
  async function answering(status: number, body = ''): Promise<URL> {
    const server = createServer((_request, response) => response.writeHead(status).end(body)).listen(
      0,
      '127.0.0.1',
    );
    await once(server, 'listening');
    onTestFinished(() => void server.close());
    return new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  }

  test.each([
    [200, 'hello', /answered 200 where an MCP server asks for a sign-in/],
    [404, '', /answered 404/],
    [401, '', /failed: /],
  ])('%i %s', async (status, body, said) => {
    const door = await answering(status, body);
    await expect(walk(standIn(), await makeProject(), { door })).rejects.toThrow(said);
  });

  test('refuses the connection', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    server.close();
    await once(server, 'close');
    const door = new URL(`http://127.0.0.1:${port}/`);
    await expect(walk(standIn(), await makeProject(), { door })).rejects.toThrow(/ECONNREFUSED/);
  });
});

/** Asks for a target as it is. */
async function statusOf(url: string, path: string): Promise<number | undefined> {
  const { hostname: host, port } = new URL(url);
  const [answer] = (await once(request({ host, port, path }).end(), 'response')) as [IncomingMessage];
  answer.resume();
  return answer.statusCode;
}

describe('the page that the browser comes back to', () => {
  test('accepts only the answer to this sign-in, and shows nothing of a request', async () => {
    const loopback = await openLoopback();
    onTestFinished(() => loopback.close());
    const ask = async (query: string) => {
      const response = await fetch(loopback.redirectUrl + query);
      return { status: response.status, text: await response.text() };
    };
    const foreign = await ask('?code=a&state=<script>');
    expect(foreign.status).toBe(400);
    expect(foreign.text).not.toContain('<script>');
    expect((await ask(`?state=${loopback.state}`)).status).toBe(400);
    expect((await fetch(new URL('/other', loopback.redirectUrl))).status).toBe(404);
    // Targets that are not URLs: a page in the browser can send the first.
    for (const target of ['//', '//[', '*']) expect(await statusOf(loopback.redirectUrl, target)).toBe(404);
    expect((await ask(`?code=a&state=${loopback.state}`)).status).toBe(200);
    expect((await loopback.answered).get('code')).toBe('a');
  });
});

test.each([
  ['a desktop', { DISPLAY: ':0' }, 'linux', true],
  ['Wayland', { WAYLAND_DISPLAY: 'wayland-0' }, 'linux', true],
  ['a container', {}, 'linux', false],
  ['WSL', { WSL_DISTRO_NAME: 'Debian' }, 'linux', true],
  ['macOS', {}, 'darwin', true],
  ['macOS over SSH', { SSH_CONNECTION: '1 2 3 4' }, 'darwin', false],
  ['a browser of their own', { BROWSER: 'w3m', SSH_TTY: '/dev/pts/0' }, 'linux', true],
  ['none wished for', { BROWSER: 'none', DISPLAY: ':0' }, 'linux', false],
] as const)('whether a browser is opened: %s', (_title, env, platform, expected) => {
  expect(canOpenBrowser(env, platform)).toBe(expected);
});
