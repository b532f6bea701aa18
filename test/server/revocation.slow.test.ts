// Replicas of the built server, made in each way, with `scalekit-mcp deny` through a file and through a real Redis.

import { once } from 'node:events';
import { cp, readFile, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { decodeJwt } from 'jose';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type Emulator, startEmulator } from '../../src/emulator/index.ts';
import { runToExitCode } from '../../src/program/run.ts';
import { scalekitMcp } from '../../src/program/toolbox.ts';
import { freeMcpUrl, listTools, send } from '../../src/server/testing/index.ts';
import { putOnWorkbench } from '../create/workbench.ts';
import { writtenTo } from '../program/test-context.ts';
import { lacks } from '../support/needs.ts';
import { freePort } from '../support/ports.ts';
import { Program } from '../support/program.ts';
import { type RedisServer, redisNeed, startRedis } from '../support/redis.ts';
import { repository } from '../support/repository.ts';
import { makeDirectory, removeDirectory } from '../support/temporary.ts';
import { until } from '../support/waiting.ts';
import { post } from './support.ts';

const declarations = `
import { createServer, defineScopes, ScalekitProvider, serve } from 'scalekit-mcp-server';
import * as z from 'zod';
const { scopes, tool } = defineScopes({ 'todo:read': 'Read' });
const wait = tool({
  name: 'wait',
  title: 'Wait',
  description: 'Goes on until its caller is gone.',
  scopes: [],
  input: z.object({}),
  output: z.object({}),
  annotations: { readOnlyHint: true, destructiveHint: false, openWorldHint: false },
  async run(_args, { signal, progress }) {
    progress(1);
    await new Promise((resolve) => signal.addEventListener('abort', resolve));
    return {};
  },
});
const provider = (env, more) =>
  new ScalekitProvider({
    environmentUrl: env.SCALEKIT_ENVIRONMENT_URL,
    resourceId: env.SCALEKIT_RESOURCE_ID,
    mcpUrl: env.MCP_URL,
    scopes,
    ...more,
  });
const about = { name: 'Test', version: '1.0.0', tools: [wait] };
const { env } = process;
const deny = { file: env.DENY_FILE, redisUrl: env.REDIS_URL };
`;

/** A program for each way to make a server. */
const sources = {
  'serve.js': `${declarations}
await serve({ ...about, auth: (checked) => provider(checked) });`,
  'create-server.js': `${declarations}
await createServer({ ...about, auth: provider(env, { deny }) }).listen(Number(env.PORT), '127.0.0.1');
console.log('"listening"');`,
  'middleware.js': `${declarations}
import { createServer as createHttpServer } from 'node:http';
const guard = provider(env, { deny }).middleware();
createHttpServer((req, res) => void guard(req, res, () => res.end('{}')))
  .listen(Number(env.PORT), '127.0.0.1', () => console.log('"listening"'));`,
} as const;

let directory: string;
let scalekit: Emulator;
let mcpUrl: string;
beforeAll(async () => {
  directory = await makeDirectory('revocation');
  const files = [
    { path: 'package.json', content: '{"type":"module"}' },
    ...Object.entries(sources).map(([path, content]) => ({ path, content })),
  ];
  await putOnWorkbench(files, directory);
  mcpUrl = await freeMcpUrl();
  scalekit = await startEmulator({ mcpUrl, scopes: ['todo:read'] });
});
afterAll(async () => {
  await scalekit.close();
  await removeDirectory(directory);
});

let programs: Program[] = [];
let redis: RedisServer | undefined;
afterEach(async () => {
  await Promise.all([...programs.map((program) => program.kill()), redis?.kill()]);
  programs = [];
  redis = undefined;
  await rm(join(directory, 'denied.txt'), { force: true });
});

interface Replica {
  readonly program: Program;
  readonly url: string;
}

async function startReplica(
  env: Record<string, string>,
  source: keyof typeof sources = 'serve.js',
): Promise<Replica> {
  const port = await freePort();
  const program = new Program(process.execPath, [source], {
    cwd: directory,
    env: { ...env, ...variables(), PORT: String(port), LOG_FORMAT: 'json' },
  });
  programs.push(program);
  await program.says(/"listening"/, 60_000);
  return { program, url: `http://localhost:${port}/mcp` };
}

const variables = () => ({
  MCP_URL: mcpUrl,
  SCALEKIT_ENVIRONMENT_URL: scalekit.url,
  SCALEKIT_RESOURCE_ID: scalekit.resourceId,
});

const statusOf = async ({ url }: Replica, token: string) =>
  (await send(url, { token, body: listTools })).status;

/** Waits until all replicas give this answer. */
async function all(replicas: readonly Replica[], token: string, status: number): Promise<void> {
  await until(`${status} of all replicas`, async () => {
    const answers = await Promise.all(replicas.map((replica) => statusOf(replica, token)));
    return answers.every((each) => each === status);
  });
}

/**
 * Asks all replicas again and again until each refuses the token.
 * @param deniedAt when it was denied.
 * @returns for each, when it was last asked and has still let the token in, in ms after that. An answer that is late because the
 * machine is busy counts by when it was asked for.
 */
async function letInFor(replicas: readonly Replica[], token: string, deniedAt: number) {
  const last = async (replica: Replica) => {
    let letInAt = deniedAt;
    const isRefused = async () => {
      const askedAt = performance.now();
      const status = await statusOf(replica, token);
      if (status === 200) letInAt = askedAt;
      return status === 401;
    };
    await until('the token is refused', isRefused, 60_000);
    return letInAt - deniedAt;
  };
  return await Promise.all(replicas.map(last));
}

/** Denies, and checks that every replica keeps the promise of 5 seconds. */
async function denyEverywhere(
  env: Record<string, string>,
  id: string,
  token: string,
  on: readonly Replica[],
) {
  const ended = await deny(env, id, '--until', '1h', '--yes');
  for (const late of await letInFor(on, token, performance.now())) expect(late).toBeLessThanOrEqual(5000);
  return ended;
}

/** Runs `scalekit-mcp deny`. */
async function deny(env: Record<string, string>, ...args: string[]) {
  const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()];
  stdin.end();
  const context = { cwd: directory, stdin, stdout, stderr, signal: new AbortController().signal };
  const code = await runToExitCode(scalekitMcp, ['deny', ...args], {
    ...context,
    env: { ...variables(), ...env },
  });
  return { code, stdout: writtenTo(stdout), stderr: writtenTo(stderr) };
}

/** Opens a stream. @returns its contents, once it has ended. */
async function listen({ url }: Replica, token: string): Promise<{ readonly end: Promise<string> }> {
  const params = { name: 'wait', arguments: {}, _meta: { progressToken: 1 } };
  const answer = await post(url, {
    token,
    headers: { accept: 'application/json, text/event-stream' },
    message: { jsonrpc: '2.0', id: 1, method: 'tools/call', params },
  });
  expect(answer.headers.get('content-type')).toBe('text/event-stream');
  return { end: answer.text().catch((error: unknown) => String(error)) };
}

/** Denies one token, then its owner, and lifts both; on several replicas. */
async function walk(env: Record<string, string>): Promise<readonly Replica[]> {
  const names = ['serve.js', 'serve.js', 'create-server.js', 'middleware.js'] as const;
  const replicas = await Promise.all(names.map((name) => startReplica(env, name)));
  const [first] = replicas;
  if (first === undefined) throw new Error('There is no replica');
  const [one, two, other] = [
    await scalekit.mint({ subject: 'usr_1' }),
    await scalekit.mint({ subject: 'usr_1' }),
    await scalekit.mint({ subject: 'usr_2' }),
  ];
  // From here on each replica remembers them.
  for (const token of [one, two, other]) await all(replicas, token, 200);
  const streams = { one: await listen(first, one), other: await listen(first, other) };

  const { code, stdout, stderr } = await denyEverywhere(env, String(decodeJwt(one).jti), one, replicas);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toContain('In effect within 5 seconds');
  const refused = await send(first.url, { token: one, body: listTools });
  expect(refused.headers['www-authenticate']).toMatch(
    /error="invalid_token", error_description="The access token was withdrawn"/,
  );
  await first.program.says(/"reason":"token_denied"/);
  await streams.one.end;
  await all(replicas, two, 200);

  expect((await denyEverywhere(env, 'usr_1', two, replicas)).code).toBe(0);
  await all(replicas, await scalekit.mint({ subject: 'usr_1' }), 401);
  await all(replicas, other, 200);

  expect((await deny(env, 'usr_1', '--until', 'now', '--yes')).code).toBe(0);
  await all(replicas, two, 200);
  await all(replicas, one, 401);
  expect(await Promise.race([streams.other.end, 'open'])).toBe('open');
  return replicas;
}

describe('through a file', () => {
  const env = { DENY_FILE: 'denied.txt' };

  test('refuses a denied token, then its owner, on every replica, ends the stream, and lets others in', async () => {
    const [replica] = await walk(env);
    if (replica === undefined) throw new Error('There is no replica');
    expect(replica.program.output).toContain('deny_file_missing');
    const file = join(directory, 'denied.txt');
    const text = await readFile(file, 'utf8');
    // What people write by hand is kept, and understood; what is wrong is named, and the rest counts.
    const token = await scalekit.mint({ subject: 'usr_3' });
    await writeFile(file, `${text}# by hand\nusr_3 2999-01-01\nnonsense`);
    await all([replica], token, 401);
    await replica.program.says(/deny_file_lines.*mean nothing: 6\b/);
    await deny(env, 'usr_4', '--until', '1h', '--yes');
    expect((await readFile(file, 'utf8')).split('\n').slice(4, 7)).toEqual([
      'usr_3 2999-01-01',
      'nonsense',
      expect.stringMatching(/^usr_4 2/),
    ]);
    // A missing list is not a reason to let anybody in.
    await rm(file);
    await replica.program.says(/deny_list_unavailable/);
    expect(await statusOf(replica, token)).toBe(401);
  });
});

async function askRedis({ url }: RedisServer, command: string): Promise<void> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  socket.end(`${command}\r\n`).resume();
  await once(socket, 'close');
}

describe.skipIf(lacks('revocation through Redis', [redisNeed]))('through Redis', () => {
  test('refuses a denied token, then its owner, on every replica, whatever happens to Redis', async () => {
    redis = await startRedis();
    const env = { REDIS_URL: redis.url };
    const [replica] = await walk(env);
    if (replica === undefined) throw new Error('There is no replica');
    await deny(env, 'usr_5', '--until', '1h', '--yes');
    const denied = await scalekit.mint({ subject: 'usr_5' });
    const other = await scalekit.mint({ subject: 'usr_6' });
    await all([replica], denied, 401);
    // Somebody may be denied by hand, and for good.
    await askRedis(redis, `ZADD scalekit-mcp:${scalekit.resourceId}:denied +inf usr_7`);
    await all([replica], await scalekit.mint({ subject: 'usr_7' }), 401);

    await redis.kill();
    await replica.program.says(/"deny_list_unavailable"/);
    expect([await statusOf(replica, denied), await statusOf(replica, other)]).toEqual([401, 200]);
    const late = await startReplica(env);
    expect(await statusOf(late, other)).toBe(503);
    expect((await send(late.url.replace('/mcp', '/readyz'))).status).toBe(503);
    await late.program.says(/"reason":"deny_list_unavailable"/);
    expect(late.program.output).toContain('ECONNREFUSED');

    // It comes back empty.
    redis = await startRedis(Number(new URL(redis.url).port));
    await replica.program.says(/"deny_list_available"/);
    await all([replica, late], other, 200);
    expect(await statusOf(replica, denied)).toBe(401);
  });

  test('deny reports what is wrong without showing a password', async () => {
    const url = `redis://user:hunter2@127.0.0.1:${await freePort()}`;
    const { code, stdout, stderr } = await deny({ REDIS_URL: url }, 'usr_1', '--until', '1h', '--yes');
    expect(code).toBe(1);
    expect(stderr).toMatch(/Redis at redis:\/\/…@127\.0\.0\.1:\d+ has not taken it: .*ECONNREFUSED/);
    expect(stdout + stderr).not.toContain('hunter2');
  });
});

test('a server without the Redis client names the command to install it', async () => {
  const place = await makeDirectory('no-redis');
  try {
    await putOnWorkbench(
      [
        { path: 'package.json', content: '{"type":"module"}' },
        { path: 'main.js', content: sources['serve.js'] },
      ],
      place,
    );
    await rm(join(place, 'node_modules/ioredis'));
    await rm(join(place, 'node_modules/scalekit-mcp-server'));
    const server = join(repository, 'dist/packages/scalekit-mcp-server');
    await cp(server, join(place, 'node_modules/scalekit-mcp-server'), { recursive: true });
    const env = { ...variables(), PORT: String(await freePort()), REDIS_URL: 'redis://localhost:1' };
    const program = new Program(process.execPath, ['main.js'], { cwd: place, env });
    programs.push(program);
    expect((await program.ended()).code).toBe(1);
    expect(program.output).toContain('the Redis client is not installed: npm install ioredis');
    expect(program.output).not.toMatch(/^\s+at /m);
  } finally {
    await removeDirectory(place);
  }
});
