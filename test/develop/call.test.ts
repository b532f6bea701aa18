import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as z from 'zod';
import { argumentsOf } from '../../src/develop/call/arguments.ts';
import { startEmulator } from '../../src/emulator/index.ts';
import { runToExitCode } from '../../src/program/run.ts';
import { scalekitMcp } from '../../src/program/toolbox.ts';
import { defineScopes } from '../../src/server/index.ts';
import { freeMcpUrl, startServer, type TestServer } from '../../src/server/testing/index.ts';
import type { Context } from '../../src/terminal/context.ts';
import { writtenTo } from '../program/test-context.ts';
import { freePort } from '../support/ports.ts';
import { makeDirectory, removeDirectory } from '../support/temporary.ts';

const schema = {
  properties: {
    title: { type: 'string' },
    count: { type: 'integer' },
    done: { type: ['boolean', 'null'] },
    kind: { enum: ['a', 'b'] },
    tags: { type: 'array', items: { type: 'string' } },
    size: { type: 'object', properties: { high: { type: 'number' } }, required: ['high'] },
    limit: { anyOf: [{ type: 'integer', minimum: 1 }, { type: 'null' }] },
    mail: { anyOf: [{ type: 'string', format: 'email' }, { type: 'null' }] },
  },
  required: ['title'],
};

describe('arguments of a call', () => {
  test.each([
    [['title=milk'], { title: 'milk' }],
    [['title=5', 'count=5', 'done=false'], { title: '5', count: 5, done: false }],
    [['title=a=b', 'done=null', 'kind=a'], { title: 'a=b', done: null, kind: 'a' }],
    [['{"title":"x","count":2}'], { title: 'x', count: 2 }],
    [['title={'], { title: '{' }],
    [
      ['title=x', 'tags=["a","b"]', 'size={"high":2.5}', 'mail=a@b.example'],
      { title: 'x', tags: ['a', 'b'], size: { high: 2.5 }, mail: 'a@b.example' },
    ],
  ])('%j', (words, expected) => {
    expect(argumentsOf(words, schema, 'tool')).toEqual(expected);
  });

  test.each([
    [[], /title is missing/],
    [
      ['titel=x'],
      /titel is not an argument of tool; did you mean title\? It takes: title, count, done, kind, tags, size, limit, mail\n {4}tool: title is missing/,
    ],
    [['title=x', 'nope=1'], /^nope is not an argument of tool; it takes: title, count, /],
    [['title=x', 'count=1.5'], /count is 1\.5, expected integer/],
    [['title=x', 'done=yes'], /done is "yes", expected boolean or null/],
    [['title=x', 'kind=c'], /kind is "c", expected "a" or "b"/],
    [['{"title":1}'], /title is 1, expected string/],
    [['{"title"'], /not JSON/],
    [['title=x', 'title=y'], /title is given twice/],
    [['title=x', 'tags=["a",1]'], /tags\.1 is 1, expected string/],
    [['title=x', 'size={"wide":1}'], /size\.high is missing/],
    [['title=x', 'limit=x'], /: limit is "x", expected integer or null$/],
    [['title=x', 'limit=0'], /: limit is 0, and must be >= 1$/],
    [['title=x', 'mail=nobody'], /: mail is "nobody", and must match format "email"$/],
    [['milk'], /neither name=value nor a JSON object: milk/],
  ])('%j is refused in words', (words, message) => {
    expect(() => argumentsOf(words, schema, 'tool')).toThrow(message);
  });
});

const { scopes, tool, resource, prompt } = defineScopes({ 'a:read': 'Read', 'a:write': 'Write' });

const tools = [
  tool({
    name: 'greet',
    title: 'Greet',
    description: 'Greets somebody.\nAt length.',
    scopes: ['a:write'],
    input: z.object({ name: z.string() }),
    output: z.object({ greeting: z.string() }),
    annotations: { readOnlyHint: false, destructiveHint: false, openWorldHint: false },
    run: ({ name }) => ({ greeting: `Hello ${name}` }),
  }),
];

const resources = [
  resource({
    uri: 'letter://{id}',
    name: 'letter',
    description: 'A letter.',
    scopes: ['a:read'],
    read: ({ id }) => id,
    list: () => [{ variables: { id: '1' }, name: 'The first' }],
  }),
];
const prompts = [
  prompt({
    name: 'reply',
    description: 'Asks for a reply.',
    scopes: ['a:write'],
    arguments: z.object({ to: z.string(), tone: z.string().optional() }),
    run: ({ to }) => `Reply to ${to}`,
  }),
];

let server: TestServer;
let project: string;
beforeAll(async () => {
  project = await makeDirectory('call');
  const [port, mcpUrl] = [await freePort(), await freeMcpUrl()];
  const keyDirectory = join(project, '.state', 'scalekit-mcp');
  const scalekit = await startEmulator({ port, mcpUrl, scopes: scopes.names, keyDirectory });
  server = await startServer({ scalekit, scopes, tools, resources, prompts });
  const lines = Object.entries(scalekit.variables).map(([name, value]) => `${name}=${value}\n`);
  await writeFile(join(project, '.env'), lines.join(''));
  await mkdir(join(project, 'src'));
  await writeFile(
    join(project, 'src/scopes.ts'),
    "defineScopes({ 'a:read': 'Read', 'a:write': 'Write' });\n",
  );
});
afterAll(async () => {
  await server.stop();
  await removeDirectory(project);
});

async function scalekit(...args: readonly string[]) {
  const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()];
  const env = { HOME: project, XDG_STATE_HOME: join(project, '.state') };
  const context: Context = { env, cwd: project, stdin, stdout, stderr, signal: new AbortController().signal };
  stdin.end();
  const code = await runToExitCode(scalekitMcp, args, context);
  return { code, stdout: writtenTo(stdout), stderr: writtenTo(stderr) };
}

describe('against a server', () => {
  test('lists what can be called', async () => {
    expect(await scalekit('list')).toEqual({
      code: 0,
      stdout: [
        'greet(name: string)\n    Greets somebody.\n    needs a:write\n',
        'Resources:\nletter://{id}\n    A letter.\n    needs a:read\nletter://1\n    A letter.\n',
        'Prompts:\nreply(to, tone?)\n    Asks for a reply.\n    needs a:write\n',
      ].join('\n'),
      stderr: '',
    });
    expect(JSON.parse((await scalekit('list', '--json')).stdout)).toMatchObject({
      endpoint: server.endpoint,
      tools: [{ name: 'greet', scopes: ['a:write'] }],
      resources: [{ uri: 'letter://1' }],
      resourceTemplates: [{ uriTemplate: 'letter://{id}', scopes: ['a:read'] }],
      prompts: [{ name: 'reply', scopes: ['a:write'] }],
    });
  });

  test('calls, and prints the data', async () => {
    const { code, stdout } = await scalekit('call', 'greet', 'name=Ada');
    expect({ code, data: JSON.parse(stdout) }).toEqual({ code: 0, data: { greeting: 'Hello Ada' } });
    const whole = await scalekit('call', 'greet', '{"name":"Bob"}', '--json');
    expect(JSON.parse(whole.stdout)).toMatchObject({ structuredContent: { greeting: 'Hello Bob' } });
  });

  test('explains wrong arguments before it calls, with exit code 2', async () => {
    expect(await scalekit('call', 'greet')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('name is missing'),
    });
    expect(await scalekit('call', 'great')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('There is no tool great; did you mean greet? expected greet'),
    });
  });

  test('says that the scope is missing, with exit code 1', async () => {
    const refused = await scalekit('call', 'greet', 'name=Ada', '--scopes', 'a:read');
    expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining('a:write') });
  });
});
