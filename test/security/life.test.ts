import { beforeAll, describe, type TestContext, test } from 'vitest';
import { toolCall } from '../support/messages.ts';
import { until } from '../support/waiting.ts';
import { compose } from './attack/compose.ts';
import { describeTarget } from './attack/target.ts';
import { send } from './attack/wire.ts';
import { callTool } from './call.ts';
import { impatient, importing, unhurried } from './clock.ts';
import { onNode } from './on-node.ts';
import { inPython, makeProject, type Template } from './project.ts';
import {
  type Altered,
  occupyPort,
  type Pair,
  type RunningServer,
  type ServerSettings,
  startPair,
} from './server.ts';

const projects = new Map<Template, string>();

beforeAll(async () => {
  projects.set('todo', await makeProject('todo'));
});

type Context = Pick<TestContext, 'onTestFinished'>;

async function pairFor({ onTestFinished }: Context, settings: ServerSettings = {}): Promise<Pair> {
  const pair = await startPair(projects.get('todo') ?? '', settings);
  onTestFinished(pair.stop);
  return pair;
}

/** Starts a server that refuses to start. @returns its output. */
async function refusal(context: Context, env: Readonly<Record<string, string | undefined>>): Promise<string> {
  const { server } = await pairFor(context, { env });
  const { code, stdout, stderr } = await server.program.ended();
  if (code === 0) throw new Error(`It ended with 0:\n${stdout}${stderr}`);
  return stderr;
}

/** A call that is under way: its head and half of its body are sent, the rest on request. */
async function callUnderWay(server: RunningServer, token: string) {
  const target = await describeTarget(server.endpoint);
  const body = JSON.stringify(toolCall('create_todo', { title: 'under way' }));
  const bytes = compose(target, { token, body, headers: { Connection: 'keep-alive' } }, '');
  const half = bytes.length - 20;
  const rest = { go: () => {} };
  const gate = new Promise<void>((resolve) => {
    rest.go = resolve;
  });
  const exchange = send(target.peer, bytes.subarray(0, half), {
    later: gate.then(() => bytes.subarray(half)),
    timeoutMs: 20_000,
  });
  return { exchange, rest };
}

describe.concurrent('the end', () => {
  test.for(['SIGTERM', 'SIGINT'] as const)(
    '%s: a call under way is answered, no new one is accepted, exit code 0',
    async (signal, context) => {
      const { expect } = context;
      const { emulator, server } = await pairFor(context);
      await server.whenReady();
      const { exchange, rest } = await callUnderWay(server, await emulator.mint());
      // A request that was answered on another connection: the first one has reached the server before it.
      await callTool(server.endpoint, await emulator.mint(), 'list_todos');
      server.program.child.kill(signal);
      await server.program.says(/"event":"closing"/);
      await until('nobody new is let in', async () => {
        const refused = await fetch(server.ready).catch(() => 'refused');
        return refused === 'refused';
      });
      rest.go();
      const { answers } = await exchange;
      expect(answers.map(({ status }) => status)).toEqual([200]);
      expect(answers[0]?.body).toContain('under way');
      expect(await server.program.ended()).toMatchObject({ code: 0, signal: null });
    },
  );

  test('SIGTERM with a client that never finishes: it is disconnected, and the server ends in time', async (context) => {
    const { expect } = context;
    // In Python the end comes after five seconds, before a slow request is refused.
    const { emulator, server } = await pairFor(context, inPython ? {} : { altered: impatient });
    await server.whenReady();
    const { exchange } = await callUnderWay(server, await emulator.mint());
    await callTool(server.endpoint, await emulator.mint(), 'list_todos');
    server.program.child.kill('SIGTERM');
    expect(await server.program.ended()).toMatchObject({ code: 0 });
    if (!inPython) expect(server.program.stdout).toContain('waits 10000 ms');
    expect((await exchange).answers).toEqual([]);
  });

  onNode('SIGTERM with idle connections: ends at once', async (context) => {
    const { expect } = context;
    const { server } = await pairFor(context);
    await server.whenReady();
    const since = performance.now();
    server.program.child.kill('SIGTERM');
    expect(await server.program.ended()).toMatchObject({ code: 0 });
    // Not when their grace ends.
    expect(performance.now() - since).toBeLessThan(9000);
  });

  /** Node's options for a server that runs this code on SIGUSR2, with nobody to catch what it throws. */
  const thrower = (how: string): Altered => ({
    node: importing(`process.on('SIGUSR2', () => { ${how} });`),
    python: {},
  });

  onNode.for([
    ['an error that nobody caught', "setTimeout(() => { throw new Error('broken on purpose'); });"],
    ['a promise that nobody caught', "Promise.reject(new Error('broken on purpose'));"],
    ['something thrown that is no error', "setTimeout(() => { throw 'broken on purpose'; });"],
    ['nothing thrown at all', 'Promise.reject();'],
  ] as const)(
    '%s: it is logged, and the process ends with an exit code other than 0',
    async ([, how], context) => {
      const { expect } = context;
      const { server } = await pairFor(context, { altered: thrower(how) });
      await server.whenReady();
      server.program.child.kill('SIGUSR2');
      const { code, signal } = await server.program.ended();
      expect({ code, signal }).toEqual({ code: 1, signal: null });
      const line = server.log.find(({ level }) => level === 'error');
      expect(line?.event).toBe('uncaught_error');
      if (how.includes('on purpose')) expect(JSON.stringify(line)).toContain('broken on purpose');
    },
  );
});

describe.concurrent('the start', () => {
  const production = {
    NODE_ENV: 'production',
    // A name that never leads anywhere (RFC 6761).
    SCALEKIT_ENVIRONMENT_URL: 'https://acme.scalekit.invalid',
    MCP_URL: 'https://mcp.example.com/',
  };

  test('production refuses the local Scalekit', async (context) => {
    const { expect } = context;
    const { SCALEKIT_ENVIRONMENT_URL: _, ...rest } = production;
    expect(await refusal(context, rest)).toMatch(/SCALEKIT_ENVIRONMENT_URL .*local Scalekit/);
  });

  test.for(['http://127.0.0.1:4002', 'http://[::1]:4002', 'https://localhost:4002', 'http://x.localhost'])(
    'production refuses %s as the environment',
    async (url, context) => {
      context
        .expect(await refusal(context, { ...production, SCALEKIT_ENVIRONMENT_URL: url }))
        .toMatch(/SCALEKIT_ENVIRONMENT_URL/);
    },
  );

  test.for([
    'https://127.0.0.1',
    'https://[::ffff:127.0.0.1]',
    'https://[::127.0.0.1]',
    'https://0.0.0.0',
    'https://[::]',
    'https://2130706433',
    'https://0x7f.1',
    'https://localhost.',
    'https://localhost.localdomain',
    'https://LOCALHOST6',
    'https://ip6-loopback:8443',
  ])('production recognises %s as this machine', async (url, context) => {
    const { expect } = context;
    const environments = [{ NODE_ENV: 'production' }, { APP_ENV: 'production', NODE_ENV: undefined }];
    for (const env of environments) {
      const said = await refusal(context, { ...production, ...env, SCALEKIT_ENVIRONMENT_URL: url });
      expect(said).toMatch(/SCALEKIT_ENVIRONMENT_URL is `/);
      expect(said).toContain(url);
    }
  });

  test.for(['http://mcp.example.com/', 'http://localhost:3002/'])(
    'production refuses %s as MCP_URL',
    async (url, context) => {
      context.expect(await refusal(context, { ...production, MCP_URL: url })).toMatch(/MCP_URL/);
    },
  );

  test('every missing variable is named at once, without a stack', async (context) => {
    const { expect } = context;
    const nothing = {
      SCALEKIT_ENVIRONMENT_URL: '',
      SCALEKIT_RESOURCE_ID: '',
      MCP_URL: '',
    };
    const said = await refusal(context, { NODE_ENV: 'production', ...nothing });
    for (const name of Object.keys(nothing)) expect(said).toContain(name);
    expect(said).not.toMatch(/\n\s+at /);
  });

  test('production starts with correct settings', async (context) => {
    const { expect } = context;
    const { server } = await pairFor(context, { env: { ...production, HOST: '127.0.0.1' } });
    await server.listening();
    // Alive, although there is no Scalekit to ask.
    expect((await fetch(`http://127.0.0.1:${server.port}/healthz`)).status).toBe(200);
  });

  test('a port that is taken by another program: one sentence, exit code 1', async (context) => {
    const { expect } = context;
    const port = await occupyPort(context, '127.0.0.1');
    const { server } = await pairFor(context, { port });
    const { code, stderr } = await server.program.ended();
    expect(code).toBe(1);
    expect(stderr).toContain(`Port ${port} is taken by another program`);
    expect(stderr).not.toMatch(/\\n\s+at /);
  });

  test('a port that is taken by another server of this kind: the server is named', async (context) => {
    const { expect } = context;
    const { server: first } = await pairFor(context);
    await first.listening();
    const { server } = await pairFor(context, { port: first.port, altered: unhurried });
    const { code, stderr } = await server.program.ended();
    expect(code).toBe(1);
    expect(stderr).toMatch(new RegExp(`Port ${first.port} is taken by the MCP server`));
  });

  test('a port other than that of MCP_URL gets a message', async (context) => {
    const { expect } = context;
    const { server } = await pairFor(context, { env: { MCP_URL: 'http://localhost:9/' } });
    await server.listening();
    await server.program.says(new RegExp(`MCP_URL says port 9, the server listens on ${server.port}`));
    expect(server.program.running).toBe(true);
  });

  test.for([
    ['PORT', 'abc'],
    ['PORT', '65536'],
    ['PORT', '-1'],
    ['SCALEKIT_RESOURCE_ID', 'conn_123'],
    ['SCALEKIT_RESOURCE_ID', 'skc_123'],
    ['SCALEKIT_CLIENT_ID', 'res_123'],
    ['SCALEKIT_ENVIRONMENT_URL', 'acme.scalekit.dev'],
    ['SCALEKIT_ENVIRONMENT_URL', 'https://acme.scalekit.dev/resources/res_1'],
    ['SCALEKIT_ENVIRONMENT_URL', 'http://acme.scalekit.dev'],
    ['MCP_URL', 'ftp://mcp.example.com/'],
    ['MCP_URL', 'https://mcp.example.com/?a=b'],
    ['TOOL_CALLS_PER_MINUTE', 'many'],
    ['REQUESTS_PER_MINUTE', '-1'],
    ['MAX_BODY_BYTES', '64KB'],
    ['MAX_HEADER_BYTES', '1'],
    ['KEEP_ALIVE_SECONDS', '0'],
    ['DRAIN_SECONDS', 'soon'],
    ['LOG_LEVEL', 'loud'],
    ['LOG_FORMAT', 'xml'],
    ['SCALEKIT_INTERNAL_URL', 'scalekit:4002'],
    ['SCALEKIT_INTERNAL_URL', 'http://scalekit:4002/keys'],
  ] as const)('%s=%s is refused by name and value', async ([name, value], context) => {
    const said = await refusal(context, { [name]: value });
    context.expect(said).toContain(`${name} is \`${value}\``);
    context.expect(said).not.toMatch(/\n\s+at /);
  });
});
