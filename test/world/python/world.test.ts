import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { startEmulator } from '../../../src/emulator/index.ts';
import { send } from '../../../src/server/testing/index.ts';
import { callTool } from '../../security/call.ts';
import { makePythonProject } from '../../security/project.ts';
import { occupyPort, prepareGround, startServer, unlimited } from '../../security/server.ts';
import { lacks } from '../../support/needs.ts';
import { pythonNeeds } from '../../support/packages.ts';
import { freePort } from '../../support/ports.ts';
import { run } from '../../support/program.ts';
import { makeDirectory, removeDirectory } from '../../support/temporary.ts';
import { until } from '../../support/waiting.ts';
import { ownProject } from './own.ts';

/** The rows of docs/world.md, and tests with more than a single request, for the server in Python. */
describe.skipIf(lacks('what a server in Python depends on', pythonNeeds))('a server in Python', () => {
  let project: string;
  beforeAll(async () => {
    project = await makePythonProject('todo');
  });

  const ground = async (env: Record<string, string> = {}) => {
    const made = await prepareGround(project, { env: { ...unlimited, ...env } });
    onTestFinished(() => made.close());
    return made;
  };

  describe('the key server', () => {
    test.for(['down', 'html', 'empty', 'huge', 'hang'] as const)(
      '%s at the start: 503 with Retry-After, never 401, and it recovers by itself',
      async (fault, { expect, onTestFinished }) => {
        const port = await freePort();
        const emulator = await startEmulator({ mcpUrl: `http://localhost:${port}/` });
        onTestFinished(() => emulator.close());
        emulator.fault({ keys: fault });
        const server = await startServer(project, emulator, { port, env: unlimited });
        onTestFinished(() => server.stop());
        await server.listening();
        const token = await emulator.mint();
        const answer = await send(server.endpoint, { token, body: '{}' });
        expect(answer.status, answer.text).toBe(503);
        expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
        expect(server.log.filter(({ level }) => level === 'error').length).toBeGreaterThan(0);
        emulator.fault({});
        await until(
          'the server has its keys',
          async () => (await callTool(server.endpoint, token, 'list_todos')).status === 200,
        );
      },
    );
  });

  test('a new key is accepted at once, and a flood of unknown ones costs one fetch a second', async () => {
    const { emulator, server } = await ground();
    const status = async (token: string) => (await callTool(server.endpoint, token, 'list_todos')).status;
    const before = await emulator.mint();
    expect(await status(before)).toBe(200);
    await emulator.rotateKeys({ keepOld: false });
    expect(await status(await emulator.mint({ subject: 'usr_new' }))).toBe(200);
    expect(await status(before), 'a remembered token of the withdrawn key').toBe(401);
    const forged = await Promise.all(
      Array.from({ length: 30 }, (_, index) =>
        emulator.mint({ foreignKey: true, header: { kid: `snk_${index}` } }),
      ),
    );
    for (const token of forged) expect(await status(token)).toBe(401);
    expect(await status(await emulator.mint({ subject: 'usr_newer' }))).toBe(200);
  });

  test('MCP_URL with a path prefix, which a proxy keeps or takes off', async () => {
    const port = await freePort();
    const made = await prepareGround(project, {
      port,
      env: { ...unlimited, MCP_URL: `http://localhost:${port}/team/` },
    });
    onTestFinished(() => made.close());
    const { emulator } = made;
    const origin = `http://localhost:${port}`;
    const token = await emulator.mint();
    for (const path of ['/team/mcp', '/mcp']) {
      const answer = await callTool(origin + path, token, 'list_todos');
      expect(answer.status, path).toBe(200);
    }
    for (const path of ['', '/mcp', '/team/mcp'])
      for (const prefix of ['', '/team']) {
        const url = `${origin}${prefix}/.well-known/oauth-protected-resource${path}`;
        expect(((await (await fetch(url)).json()) as { resource: string }).resource, url).toBe(
          `${origin}/team/mcp`,
        );
      }
  });

  test('a token of 40 kB, and headers that are larger than MAX_HEADER_BYTES', async () => {
    const { emulator, server } = await ground();
    const large = (bytes: number) => emulator.mint({ claims: { roles: ['x'.repeat(bytes)] } });
    expect((await callTool(server.endpoint, await large(30_000), 'list_todos')).status).toBe(200);
    const answer = await send(server.endpoint, { token: await large(60_000), body: '{}' });
    expect([400, 431]).toContain(answer.status);
    expect(answer.json.error.data.reason).toMatch(/^(?:not_http|headers_size)$/);
  });

  test('a request with Connection: close gets an answer with it, too', async () => {
    const { emulator, server } = await ground();
    const answer = await send(server.endpoint, {
      token: await emulator.mint(),
      headers: { connection: 'close', 'content-type': 'application/json' },
      body: '{"jsonrpc":"2.0","id":1,"method":"tools/list"}',
    });
    expect([answer.status, answer.headers.connection]).toEqual([200, 'close']);
  });

  test('an answer on a kept connection does not wait for the client to acknowledge its head', async () => {
    const { emulator, server } = await ground();
    const token = await emulator.mint();
    const milliseconds = async () => {
      const since = performance.now();
      expect((await callTool(server.endpoint, token, 'list_todos')).status).toBe(200);
      return performance.now() - since;
    };
    // At first a kernel acknowledges at once.
    for (let call = 0; call < 30; call += 1) await milliseconds();
    // Later that takes 40 ms. A busy machine may take as long for a call, but not for each.
    await until('a quick answer', async () => (await milliseconds()) < 30, 60_000);
  });

  test('SIGTERM: goes on serving for DRAIN_SECONDS, says that it ends, and ends with 0', async () => {
    const { emulator, server } = await ground({ DRAIN_SECONDS: '3' });
    const token = await emulator.mint();
    server.program.child.kill('SIGTERM');
    await until('it is not ready', async () => (await fetch(server.ready)).status === 503);
    const answer = await callTool(server.endpoint, token, 'list_todos');
    expect([answer.status, answer.headers.get('connection')]).toEqual([200, 'close']);
    expect((await server.program.ended()).code).toBe(0);
    expect(server.log.map(({ event }) => event)).toContain('draining');
  });

  test('a second signal ends the server at once', async () => {
    const { server } = await ground({ DRAIN_SECONDS: '3600' });
    server.program.child.kill('SIGTERM');
    await server.program.says(/"draining"/);
    server.program.child.kill('SIGTERM');
    expect((await server.program.ended()).code).toBe(0);
  });

  test('DENY_FILE: a person is refused within seconds, and let in again', async () => {
    const directory = await makeDirectory('denied');
    onTestFinished(() => removeDirectory(directory));
    const file = join(directory, 'denied.txt');
    const { emulator, server } = await ground({ DENY_FILE: file });
    const status = async (subject: string) =>
      (await callTool(server.endpoint, await emulator.mint({ subject }), 'list_todos')).status;
    expect(await status('usr_denied')).toBe(200);
    await writeFile(file, `# people\nusr_denied ${new Date(Date.now() + 60_000).toISOString()}\n`);
    await until('it is denied', async () => (await status('usr_denied')) === 401);
    expect(await status('usr_other')).toBe(200);
    await writeFile(file, '');
    await until('it is let in', async () => (await status('usr_denied')) === 200);
  });

  describe('does not start, and says why', () => {
    const started = async (env: Record<string, string>, dotenv?: string | Buffer) => {
      const directory = await ownProject(project, dotenv === undefined ? {} : { '.env': dotenv });
      return run(join(directory, '.venv/bin/python'), ['server.py'], { cwd: directory, env });
    };
    const variables = (port: number, more = '') =>
      `PORT=${port}\nSCALEKIT_ENVIRONMENT_URL=http://localhost:9\nSCALEKIT_RESOURCE_ID=res_1\nMCP_URL=http://localhost:${port}/\n${more}`;

    test('HOST, as shells set it', async () => {
      const { code, stderr } = await started({ HOST: 'x86_64-conda-linux-gnu' }, variables(await freePort()));
      expect(code).toBe(1);
      expect(stderr).toMatch(/HOST is `x86_64-conda-linux-gnu`, which cannot be found/);
    });

    test('a port that is taken', async (context) => {
      const port = await occupyPort(context, '127.0.0.1');
      const { code, stderr } = await started({}, variables(port));
      expect(code).toBe(1);
      expect(stderr).toContain(`Port ${port} is taken by another program. Stop it, or set another PORT`);
    });

    test('quotes that docker has kept, and a Redis without its client', async () => {
      const env = { MCP_URL: '"http://localhost:3002/"', REDIS_URL: 'redis://localhost' };
      const { code, stderr } = await started(env, variables(3002));
      expect(code).toBe(1);
      expect(stderr).toContain('The quotes have become part of the value: write it without them.');
      expect(stderr).toContain('REDIS_URL is set, and the Redis client is not installed: add `redis>=8,<9`');
    });

    test.each([
      ['REDIS_URL', 'http://user:pa55@host', 'REDIS_URL is `http://…@host`'],
      ['STATE_SECRET', 'pa55', 'STATE_SECRET is `…`: This is too short for a secret'],
      ['MCP_URL', 'https://user:pa55@host/', 'MCP_URL is `https://…@host/`'],
    ])('%s, without showing a secret', async (name, value, says) => {
      const { code, stderr } = await started({ [name]: value }, variables(3002));
      expect(code).toBe(1);
      expect(stderr).toContain(says);
      expect(stderr).not.toMatch(/pa55/);
    });

    test.each([
      'https://0.0.0.0',
      'https://[::ffff:127.0.0.1]',
      'https://localhost.localdomain',
      'https://2130706433',
      'http://127.1.2.3',
    ])('in production with %s', async (url) => {
      const env = {
        APP_ENV: 'production',
        SCALEKIT_ENVIRONMENT_URL: url,
        MCP_URL: 'https://mcp.example.com/',
      };
      const { code, stderr } = await started(env, variables(await freePort()));
      expect(code).toBe(1);
      expect(stderr).toContain('SCALEKIT_ENVIRONMENT_URL is');
    });
  });
});
