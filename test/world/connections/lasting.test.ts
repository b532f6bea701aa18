import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { lacks } from '../../support/needs.ts';
import { npmPackages } from '../../support/packages.ts';
import { scalekitProgram } from '../../support/repository.ts';
import { isolationNeeds } from '../clients/isolation.ts';
import { untilExpired } from '../clients/walk.ts';
import { type Home, World } from '../clients/world.ts';

/**
 * A connection that `scalekit-mcp connect` made outlives twenty of its access tokens, and nobody signs in again: both clients renew
 * a token before it has run out. */

const skipped = lacks('connections that outlive their tokens', isolationNeeds);

/** Seconds that an access token lives; the server's clock forgives none. */
const lifetime = 5;
const lifetimes = 20;

interface Connection {
  /** @returns what the tool answered, or the error. */
  listTodos(): Promise<string>;
  close(): Promise<void>;
}

async function open(): Promise<World> {
  const world = await World.open({ tokenLifetime: lifetime });
  onTestFinished(() => world.close());
  return world;
}

async function connect(home: Home, world: World, client: string) {
  const options = ['--url', world.endpoint, '--name', 'todo', '--scopes', 'todo:read,todo:write', '--yes'];
  const done = await home.run(process.execPath, [scalekitProgram, 'connect', client, ...options, '--json']);
  expect(done.code, done.stdout + done.stderr).toBe(0);
  return JSON.parse(done.stdout) as { readonly file: string };
}

/** Tokens that were issued for a refresh token. */
const refreshes = (world: World) =>
  world.scalekit.filter(
    ({ path, status, body }) =>
      path.endsWith('/token') && status === 200 && body?.grant_type === 'refresh_token',
  ).length;

/** Calls a tool with each token that has run out, until that has happened often enough. */
async function outlive(world: World, connection: Connection): Promise<void> {
  for (let each = 0; each <= lifetimes; each += 1) {
    expect(await connection.listTodos()).toContain('todos');
    await untilExpired(world, lifetime);
  }
  await connection.close();
  expect(refreshes(world)).toBeGreaterThanOrEqual(lifetimes);
  expect(world.visits).toHaveLength(1);
}

async function throughCodex(home: Home): Promise<Connection> {
  const directory = await npmPackages(['@openai/codex@0.169.0']);
  const program = join(directory, 'node_modules/.bin/codex');
  const login = await home.run(program, ['mcp', 'login', 'todo']);
  expect(login.code, login.stdout + login.stderr).toBe(0);
  const server = home.converse(program, ['app-server']);
  const clientInfo = { name: 'test', title: 'test', version: '1' };
  await server.ask('initialize', { clientInfo, capabilities: { experimentalApi: true } });
  server.tell('initialized');
  const { result } = await server.ask('thread/start');
  const threadId = (result as { thread: { id: string } }).thread.id;
  return {
    async listTodos() {
      const call = { threadId, server: 'todo', tool: 'list_todos', arguments: {} };
      return JSON.stringify(await server.ask('mcpServer/tool/call', call));
    },
    close: () => server.close(),
  };
}

/** As Claude Desktop starts it, from its file. */
async function throughBridge(home: Home, file: string): Promise<Connection> {
  const { args } = JSON.parse(await readFile(file, 'utf8')).mcpServers.todo as { args: readonly string[] };
  const directory = await npmPackages(['mcp-remote@0.15.1']);
  const program = join(directory, 'node_modules/mcp-remote/dist/proxy.js');
  const [, specifier = '', ...words] = args;
  expect(specifier).toMatch(/^mcp-remote@/);
  const server = home.converse(process.execPath, [program, ...words]);
  const clientInfo = { name: 'test', version: '1' };
  await server.ask('initialize', { protocolVersion: '2025-06-18', capabilities: {}, clientInfo });
  server.tell('notifications/initialized');
  return {
    async listTodos() {
      return JSON.stringify(await server.ask('tools/call', { name: 'list_todos', arguments: {} }));
    },
    close: () => server.close(),
  };
}

describe.skipIf(skipped)('a connection survives twenty of its tokens', () => {
  test('Codex', async () => {
    const world = await open();
    const home = await world.home('person');
    await connect(home, world, 'codex');
    await outlive(world, await throughCodex(home));
  });

  test('mcp-remote, as Claude Desktop starts it', async () => {
    const world = await open();
    const home = await world.home('person');
    const { file } = await connect(home, world, 'claude-desktop');
    await outlive(world, await throughBridge(home, file));
  });
});
