import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { type Emulator, startEmulator } from '../../../src/emulator/index.ts';
import { makeProject } from '../../security/project.ts';
import { type RunningServer, startServer, unlimited } from '../../security/server.ts';
import { lacks } from '../../support/needs.ts';
import { pgbouncerNeed, startPgBouncer } from '../../support/pgbouncer.ts';
import { freePort } from '../../support/ports.ts';
import { Postgres, postgres } from '../../support/postgres.ts';
import { run } from '../../support/program.ts';
import { makeDirectory, removeDirectory } from '../../support/temporary.ts';
import { allTodos, callTool, type ListedTodo } from '../../support/tool-calls.ts';

/** Ways to reach a Postgres: with TLS, as the URL says, and through a connection pool. */

let project: string;
beforeAll(async () => {
  project = await makeProject('todo', { options: ['--store', 'postgres'] });
});

/** Servers that share one MCP_URL, and their local Scalekit. */
async function startServers(count: number, env: Readonly<Record<string, string>>) {
  const port = await freePort();
  const emulator: Emulator = await startEmulator({ mcpUrl: `http://localhost:${port}/` });
  onTestFinished(() => emulator.close());
  const servers: RunningServer[] = [];
  for (let number = 0; number < count; number += 1) {
    const own = { ...unlimited, MCP_URL: `http://localhost:${port}/`, ...env };
    const server = await startServer(project, emulator, { env: own, ...(number === 0 && { port }) });
    onTestFinished(() => server.stop());
    servers.push(await server.listening());
  }
  return { emulator, servers };
}

/** @returns what a query says, by the project's own client. */
async function query(url: string, text: string, env: Readonly<Record<string, string>> = {}) {
  const code = `const { Client } = require('pg');
    const client = new Client(process.env.DATABASE_URL);
    client.connect().then(() => client.query(process.env.QUERY))
      .then(({ rows }) => console.log(JSON.stringify(rows))).finally(() => client.end());`;
  const { stdout, stderr } = await run(process.execPath, ['-e', code], {
    cwd: project,
    env: { ...env, DATABASE_URL: url, QUERY: text },
  });
  if (stdout === '') throw new Error(stderr);
  return JSON.parse(stdout) as ReadonlyArray<Record<string, unknown>>;
}

const create = (server: RunningServer, token: string) =>
  callTool<{ todo: ListedTodo }>(server.endpoint, token, 'create_todo', { title: 'x' });

describe.skipIf(lacks('Postgres with TLS', [postgres]))('a Postgres that takes TLS alone', () => {
  let database: Postgres;
  let certificate: string;
  let folder: string;
  beforeAll(async () => {
    database = await Postgres.start();
    folder = await makeDirectory('authority');
    certificate = join(folder, 'authority.pem');
    await database.requireTls(certificate);
  });
  afterAll(async () => {
    await database?.remove();
    await removeDirectory(folder);
  });

  test.for([
    ['sslmode=verify-full, with the authority of its certificate', 'verify-full', 'sslrootcert', undefined],
    ['sslmode=verify-full, with NODE_EXTRA_CA_CERTS', 'verify-full', 'environment', undefined],
    ['sslmode=require, which verifies, too', 'require', 'sslrootcert', undefined],
    ['sslmode=no-verify', 'no-verify', undefined, undefined],
    ['no sslmode', undefined, undefined, /pg_hba\.conf|no encryption/],
    [
      'sslmode=verify-full without a trusted certificate',
      'verify-full',
      undefined,
      /self.signed certificate/,
    ],
  ] as const)('%s', async ([, mode, authority, refused]) => {
    const url = new URL(database.url().replace('127.0.0.1', 'localhost'));
    if (mode !== undefined) url.searchParams.set('sslmode', mode);
    if (authority === 'sslrootcert') url.searchParams.set('sslrootcert', certificate);
    const env = {
      DATABASE_URL: url.href,
      ...(authority === 'environment' && { NODE_EXTRA_CA_CERTS: certificate }),
    };
    const migrated = await run(process.execPath, ['dist/src/migrate.js'], { cwd: project, env });
    expect(migrated.code, migrated.stderr).toBe(refused === undefined ? 0 : 1);
    if (refused !== undefined) return expect(migrated.stderr).toMatch(refused);

    const { emulator, servers } = await startServers(1, env);
    const [server] = servers as [RunningServer];
    expect((await create(server, await emulator.mint())).result?.todo.title).toBe('x');
    expect(server.program.stderr).not.toMatch(/limits_not_shared|database_unreachable/);
    const sessions = await query(
      url.href,
      'SELECT ssl FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) WHERE client_port IS NOT NULL',
      env,
    );
    expect(sessions.length).toBeGreaterThan(1);
    expect(sessions.filter(({ ssl }) => ssl !== true)).toEqual([]);
  });

  test('a certificate for another host is refused', async () => {
    const env = { DATABASE_URL: `${database.url()}?sslmode=verify-full&sslrootcert=${certificate}` };
    const { code, stderr } = await run(process.execPath, ['dist/src/migrate.js'], { cwd: project, env });
    expect(code).toBe(1);
    expect(stderr).toContain("IP: 127.0.0.1 is not in the cert's list");
  });
});

describe.skipIf(lacks('a pool in front of Postgres', [postgres, pgbouncerNeed]))(
  'behind PgBouncer in transaction mode',
  () => {
    test('owners stay apart on shared connections, and two replicas count together', async () => {
      const database = await Postgres.start();
      onTestFinished(() => database.remove());
      const direct = { DATABASE_URL: database.url() };
      const migrated = await run(process.execPath, ['dist/src/migrate.js'], { cwd: project, env: direct });
      expect(migrated.code, migrated.stderr).toBe(0);
      const bouncer = await startPgBouncer(database.url(), 3);
      onTestFinished(() => bouncer.stop());
      const limit = 40;
      const env = { DATABASE_URL: bouncer.url, TOOL_CALLS_PER_MINUTE: String(limit) };
      const { emulator, servers } = await startServers(2, env);
      const users = await Promise.all(
        Array.from({ length: 12 }, async (_, number) => ({
          token: await emulator.mint({ subject: `usr_${number}` }),
          server: servers[number % 2] as RunningServer,
          ids: [] as string[],
        })),
      );
      // More at a time than there are connections, so each connection has served another owner before.
      await Promise.all(
        users.map(async ({ server, token, ids }) => {
          for (let number = 0; number < 20; number += 1) {
            const { result, status, error } = await create(server, token);
            if (!result) throw new Error(`create_todo was answered with ${status}: ${error}`);
            ids.push(result.todo.id);
          }
        }),
      );
      for (const { server, token, ids } of users)
        expect((await allTodos(server.endpoint, token)).map(({ id }) => id).sort()).toEqual(ids.sort());
      // Settings end with their transaction: the next one on the same connection, from another kind of client, must not see them.
      const left = `SELECT coalesce(current_setting('todo_mcp.owner', true), '') || current_user AS found`;
      const found = await query(bouncer.url, `${left} FROM generate_series(1, 3)`);
      expect(found.map((row) => row.found)).toEqual(['todo_mcp', 'todo_mcp', 'todo_mcp']);

      const token = await emulator.mint({ subject: 'usr_many' });
      const statuses = [];
      for (let number = 0; number < limit + 10; number += 1)
        statuses.push((await create(servers[number % 2] as RunningServer, token)).status);
      expect(statuses.filter((status) => status === 200)).toHaveLength(limit);
      expect(statuses.filter((status) => status === 429)).toHaveLength(10);
      for (const { program } of servers) expect(program.stderr).not.toMatch(/limits_not_shared|database_/);
    });
  },
);
