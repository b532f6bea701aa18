import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { createLocalJWKSet, decodeJwt, type JSONWebKeySet, jwtVerify } from 'jose';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { relativeTime } from '../../src/develop/token/explain.ts';
import { type Emulator, startEmulator } from '../../src/emulator/index.ts';
import { runToExitCode } from '../../src/program/run.ts';
import { scalekitMcp } from '../../src/program/toolbox.ts';
import type { Context } from '../../src/terminal/context.ts';
import { writtenTo } from '../program/test-context.ts';
import { freePort } from '../support/ports.ts';
import { temporaryDirectory } from '../support/temporary.ts';

let project: string;
let port: number;
const resourceId = 'res_42';
const mcpUrl = 'http://localhost:5000/';
beforeEach(async () => {
  [project, port] = [await temporaryDirectory(), await freePort()];
  const lines = [
    `SCALEKIT_ENVIRONMENT_URL=http://localhost:${port}`,
    `SCALEKIT_RESOURCE_ID=${resourceId}`,
    `MCP_URL=${mcpUrl}`,
  ];
  await writeFile(join(project, '.env'), `${lines.join('\n')}\n`, { mode: 0o600 });
});

const keyDirectory = () => join(project, '.state', 'scalekit-mcp');

async function scalekit(args: readonly string[], input = '') {
  const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()];
  const env = { HOME: project, XDG_STATE_HOME: join(project, '.state') };
  const context: Context = { env, cwd: project, stdin, stdout, stderr, signal: new AbortController().signal };
  stdin.end(input);
  const code = await runToExitCode(scalekitMcp, args, context);
  return { code, stdout: writtenTo(stdout), stderr: writtenTo(stderr) };
}

async function start(options: Parameters<typeof startEmulator>[0] = {}): Promise<Emulator> {
  const emulator = await startEmulator({
    port,
    resourceId,
    mcpUrl,
    keyDirectory: keyDirectory(),
    ...options,
  });
  onTestFinished(() => emulator.close());
  return emulator;
}

describe('a token of the local Scalekit', () => {
  test('is alone on stdout, and valid at a local Scalekit that is started afterwards', async () => {
    const { code, stdout, stderr } = await scalekit(['token']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^eyJ[\w-]+\.[\w-]+\.[\w-]+\n$/);
    const { url } = await start();
    const keys = createLocalJWKSet((await (await fetch(`${url}/keys`)).json()) as JSONWebKeySet);
    const { payload } = await jwtVerify(stdout.trim(), keys, { audience: resourceId });
    expect(payload).toMatchObject({ scope: 'todo:read todo:write', sub: 'usr_1000000000000003' });
  });

  test('has the requested scopes and user, or is the machine’s', async () => {
    await start();
    const chosen = await scalekit(['token', '--scopes', 'todo:read', '--as', 'second.user@example.com']);
    expect(decodeJwt(chosen.stdout)).toMatchObject({ scope: 'todo:read', sub: 'usr_1000000000000004' });
    const machine = decodeJwt((await scalekit(['token', '--machine'])).stdout);
    expect(machine).toMatchObject({ scopes: ['todo:read', 'todo:write'] });
    expect(machine.sub).toBe(machine.client_id);
    expect(machine).not.toHaveProperty('sid');
  });

  test('follows the project’s switches', async () => {
    await writeFile(
      join(project, 'local-scalekit.json'),
      '{ "tokenLifetime": 7, "users": ["Ada <ada@example.com>"] }',
    );
    const { iat = 0, exp = 0 } = decodeJwt((await scalekit(['token', '--as', 'ada'])).stdout);
    expect(exp - iat).toBe(7);
  });

  test('can be printed as a curl call', async () => {
    const { stdout } = await scalekit(['token', '--curl', '--scopes', 'todo:read']);
    expect(stdout).toMatch(
      /^curl http:\/\/localhost:5000\/mcp -H "Authorization: Bearer \$\(npx scalekit-mcp token --scopes todo:read\)" /,
    );
    const whole = await scalekit(['token', '--curl', '--with-token']);
    expect(whole.stdout).toMatch(/^curl http:\/\/localhost:5000\/mcp -H 'Authorization: Bearer eyJ/);
  });

  test.each([
    [['--scopes', 'todo:reed'], 2, /no scope todo:reed[\s\S]*todo:read, todo:write/],
    [['--as', 'nobody'], 2, /nobody[\s\S]*First user/],
    [['explian'], 2, /explian/],
    [['--with-token'], 2, /belongs to --curl/],
    [['--client-id', 'x', '--callback-port', '1'], 2, /--client-id and --callback-port: the local Scalekit/],
    [['--url', 'localhost:3002'], 2, /--url: This is not the address/],
  ])('%j is refused in words', async (args, code, message) => {
    const refused = await scalekit(['token', ...args]);
    expect(refused).toMatchObject({ code, stdout: '', stderr: expect.stringMatching(message) });
  });

  test('is not made if another key is in use', async () => {
    await start({ keyDirectory: await temporaryDirectory() });
    expect(await scalekit(['token'])).toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringContaining('a different key'),
    });
  });
});

describe('token explain', () => {
  test('a good token: explains its claims, and says that it is accepted', async () => {
    const emulator = await start();
    const { code, stdout } = await scalekit(['token', 'explain', await emulator.mint({ expiresIn: 720 })]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/exp +in 12 min \(\d+\) +· good until/);
    expect(stdout).toMatch(/sub +usr_1000000000000003 +· whose it is/);
    expect(stdout).toContain('Accepted');
  });

  test.each([
    ['expired', { expiresIn: -600 }, /SKM\d+ .*expired/i],
    ['for another server', { audience: 'res_1' }, /SKM\d+[^\n]*\n.*res_1/],
    ['of another issuer', { issuer: 'https://other.example' }, /other\.example/],
  ])('a token that is %s: names the claim that is wrong', async (_, options, message) => {
    const emulator = await start();
    const { code, stdout } = await scalekit(['token', 'explain', '-'], await emulator.mint(options));
    expect(code).toBe(1);
    expect(stdout).toContain('Refused (401)');
    expect(stdout).toMatch(message);
  });

  test('does not call the server', async () => {
    const emulator = await start();
    const asked: string[] = [];
    const server = createServer(({ method, url }, response) => {
      asked.push(`${method} ${url}`);
      response.writeHead(401).end();
    });
    server.listen(0, 'localhost');
    await once(server, 'listening');
    onTestFinished(() => void server.close());
    const { port: taken } = server.address() as AddressInfo;
    const settings = await readFile(join(project, '.env'), 'utf8');
    await writeFile(join(project, '.env'), settings.replace(mcpUrl, `http://localhost:${taken}/`));
    expect(await scalekit(['token', 'explain', await emulator.mint()])).toMatchObject({ code: 0 });
    expect(asked).toEqual([]);
  });

  test.each([
    ['Scalekit does not answer', [], /could not be found out\. The keys are not known\./],
    ['there are no settings', ['--url', 'http://localhost:1/mcp'], /could not be found out\./],
  ])('%s: exit code 3 with a message', async (_, options, message) => {
    const emulator = await start();
    const jwt = await emulator.mint();
    await emulator.close();
    const { code, stdout } = await scalekit(['token', 'explain', jwt, ...options]);
    expect({ code, stdout }).toEqual({ code: 3, stdout: expect.stringMatching(message) });
    expect(stdout).not.toContain('Accepted');
  });

  test('input that is not a token', async () => {
    expect(await scalekit(['token', 'explain', 'abc'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('not a JWT'),
    });
  });

  test.each([
    [720, 'in 12 min'],
    [-7200, '2 h ago'],
    [0, 'now'],
    [86_400 * 3, 'in 3 d'],
    [-5, '5 s ago'],
  ])('%d s from now is %s', (seconds, words) => {
    expect(relativeTime(1000 + seconds, 1000)).toBe(words);
  });
});
