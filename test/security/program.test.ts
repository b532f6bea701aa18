import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { emulatorDirectory } from '../../src/emulator/index.ts';
import { run } from '../support/program.ts';
import { repository } from '../support/repository.ts';
import { makeDirectory, removeDirectory } from '../support/temporary.ts';
import { makeProject } from './project.ts';
import { type Ground, prepareGround, unlimited } from './server.ts';

let ground: Ground | undefined;
let keyDirectory: string;

beforeEach(async () => {
  keyDirectory = await makeDirectory();
});
afterEach(async () => {
  await ground?.close();
  ground = undefined;
  await removeDirectory(keyDirectory);
});

const attack = (...args: readonly string[]) =>
  run(process.execPath, [join(repository, 'scripts', 'attack.js'), ...args], {
    cwd: repository,
    env: { XDG_STATE_HOME: keyDirectory, LOCALAPPDATA: keyDirectory },
  });

/** A server that lets everybody in, with a local Scalekit that approves by itself. */
async function startOpenServer(): Promise<string> {
  ground = await prepareGround(
    await makeProject('todo'),
    { env: unlimited },
    { keyDirectory, autoApprove: true },
  );
  const { emulator } = ground;
  const server = createServer((request, response) => {
    const origin = `http://${request.headers.host}`;
    const metadata = {
      resource: `${origin}/mcp`,
      authorization_servers: [`${emulator.url}/resources/${emulator.resourceId}`],
      scopes_supported: emulator.scopes,
    };
    const answer = { jsonrpc: '2.0', id: 1, result: { tools: [{ name: 'create_todo' }] } };
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify(request.url?.startsWith('/.well-known/') ? metadata : answer));
  });
  await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://localhost:${(server.address() as AddressInfo).port}/mcp`;
}

describe('npm run attack', () => {
  test('ends with 2 and the usage without arguments', async () => {
    for (const args of [['--no-such-option'], ['http://localhost/mcp', '--soak', '5']]) {
      const { code, stderr } = await attack(...args);
      expect(code, args.join(' ')).toBe(2);
      expect(stderr).toContain('Usage: npm run attack');
    }
  });

  test('ends with 3 if no server is there', async () => {
    const { code, stderr } = await attack('http://127.0.0.1:9/mcp');
    expect(code).toBe(3);
    expect(stderr).toContain("can't be reached");
  });

  test('ends with 0 if everything holds, with tokens that any client can get', async () => {
    ground = await prepareGround(
      await makeProject('todo'),
      { env: unlimited },
      { keyDirectory, autoApprove: true },
    );
    const { target, emulator } = ground;
    const { code, stdout, stderr } = await attack(target.endpoint, '--issuer', emulator.url, '--no-slow');
    expect(stdout + stderr).toMatch(/\d{3} requests, 0 got through.* were not sent: they need --token-key/);
    expect(code).toBe(0);
  });

  test('finds the key of the local Scalekit of this machine, and sends every case', async () => {
    ground = await prepareGround(
      await makeProject('todo'),
      { env: unlimited },
      { keyDirectory: emulatorDirectory({ XDG_STATE_HOME: keyDirectory, LOCALAPPDATA: keyDirectory }) },
    );
    const { target, emulator } = ground;
    const { code, stderr } = await attack(target.endpoint, '--issuer', emulator.url, '--only', 'alg/');
    expect(stderr).toMatch(/9 requests, 0 got through or were answered wrongly\.$/m);
    expect(code).toBe(0);
  });

  test('ends with 1 if something gets through, and names it', async () => {
    const url = await startOpenServer();
    const key = join(keyDirectory, 'signing-key.json');
    const { code, stdout, stderr } = await attack(
      url,
      '--token-key',
      key,
      '--no-slow',
      '--only',
      'alg/',
      '--only',
      'scope/',
      '--only',
      'good/',
    );
    expect(code).toBe(1);
    expect(stdout).toMatch(/^x alg\/absent +200/m);
    expect(stdout).toMatch(/^x scope\/the-reading-scope-alone/m);
    // It rightly accepts the good ones as well.
    expect(stdout).toMatch(/^ {2}good +29 of 29 held/m);
    expect(stderr).toMatch(/65 requests, 36 got through/);
  });
});
