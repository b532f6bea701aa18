// The package alone, in a process that has nothing else: no project, no bundle, none of `serve`'s settings.
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startEmulator } from '../../src/emulator/index.ts';
import { Installed } from '../support/installed-server.ts';
import { freePort } from '../support/ports.ts';
import { Program } from '../support/program.ts';
import { makeDirectory, removeDirectory } from '../support/temporary.ts';
import { attack, complaintsOf, type Outcome } from './attack/run.ts';
import { keySource, readKey } from './attack/sources.ts';
import { describeTarget } from './attack/target.ts';
import { lastAnswer } from './attack/wire.ts';

const scopes = ['todo:read', 'todo:write'];

/** The tools that the attacks expect. */
const todo = `
import * as z from 'zod';

const { scopes, tool } = defineScopes({ 'todo:read': 'Read your todos', 'todo:write': 'Change your todos' });
const todos = new Map<string, string[]>();
const createTodo = tool({
  name: 'create_todo',
  title: 'Create a todo',
  description: 'Adds a todo.',
  scopes: ['todo:write'],
  input: z.object({ title: z.string().min(1).max(200), description: z.string().nullish() }),
  output: z.object({ count: z.number() }),
  annotations: { readOnlyHint: false, destructiveHint: false, openWorldHint: false },
  run: ({ title }, { user }) => {
    const own = [...(todos.get(user.id) ?? []), title];
    todos.set(user.id, own);
    return { count: own.length };
  },
});
const listTodos = tool({
  name: 'list_todos',
  title: 'List todos',
  description: 'Lists todos.',
  scopes: ['todo:read'],
  input: z.object({}),
  output: z.object({ todos: z.array(z.string()) }),
  annotations: { readOnlyHint: true, destructiveHint: false, openWorldHint: false },
  run: (_args, { user }) => ({ todos: todos.get(user.id) ?? [] }),
});
const auth = new ScalekitProvider({
  environmentUrl: process.env.SCALEKIT_ENVIRONMENT_URL ?? '',
  resourceId: process.env.SCALEKIT_RESOURCE_ID ?? '',
  mcpUrl: process.env.MCP_URL ?? '',
  scopes,
});
const options = { name: 'Todo MCP', version: '1.0.0', auth, tools: [createTodo, listTodos] };
const port = Number(process.env.PORT);
`;

const inNode = `
import { createServer, defineScopes, ScalekitProvider } from 'scalekit-mcp-server';
${todo}
await createServer(options).listen(port, '127.0.0.1', '::1');
console.log('listening');
`;

const inHono = `
import { serve } from '@hono/node-server';
import { createHandler, defineScopes, ScalekitProvider } from 'scalekit-mcp-server/handler';
${todo}
serve({ fetch: createHandler(options), port }, () => console.log('listening'));
`;

/** Hono's server refuses these by itself, with nothing but a status. */
const refusedByHono = [
  'host/the-right-one-as-a-prefix',
  'host/behind-a-user-name',
  'host/before-a-user-name',
];

describe.each([
  { what: 'createServer', program: inNode, packages: [], elsewhere: [] },
  {
    what: 'createHandler on Hono’s server',
    program: inHono,
    packages: ['hono@4', '@hono/node-server@2'],
    elsewhere: refusedByHono,
  },
])('$what in a plain process', ({ program, packages, elsewhere }) => {
  let installed: Installed;
  let server: Program;
  let outcomes: readonly Outcome[];

  beforeAll(async () => {
    installed = await Installed.make(['zod@4', ...packages], [['server.ts', program]]);
    const keyDirectory = await makeDirectory();
    const port = await freePort();
    const mcpUrl = `http://localhost:${port}/`;
    const scalekit = await startEmulator({ mcpUrl, scopes, keyDirectory });
    try {
      server = new Program(process.execPath, [join('built', 'server.js')], {
        cwd: installed.directory,
        env: { ...scalekit.variables, PORT: String(port), MCP_URL: mcpUrl },
      });
      await server.says(/listening/, 60_000);
      const target = await describeTarget(`${mcpUrl}mcp`, scalekit.url);
      const source = await keySource(target, await readKey(join(keyDirectory, 'signing-key.json')));
      outcomes = await attack(target, source, { slow: false });
    } finally {
      await scalekit.close();
      await removeDirectory(keyDirectory);
    }
  }, 600_000);

  afterAll(async () => {
    await server?.kill();
    await installed?.remove();
  });

  test('gives every attack the answer it must get', () => {
    const [theirs, ours] = [true, false].map((isTheirs) =>
      outcomes.filter((outcome) => elsewhere.some((id) => id === outcome.case.id) === isTheirs),
    );
    expect(complaintsOf(ours ?? [])).toEqual([]);
    const statuses = theirs?.map(({ exchange }) => exchange && lastAnswer(exchange).status);
    expect(statuses).toEqual(elsewhere.map(() => 400));
    expect(outcomes.filter(({ skipped }) => skipped !== undefined)).toEqual([]);
    expect(outcomes.length).toBeGreaterThan(400);
  });

  test('still runs, and has logged no token', () => {
    expect(server.running).toBe(true);
    const lines = server.stderr.split('\n').filter((line) => line !== '');
    expect(lines.length).toBeGreaterThan(100);
    expect(server.output).not.toMatch(/eyJ[\w-]{10,}/);
  });
});
