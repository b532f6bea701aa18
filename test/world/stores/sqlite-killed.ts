import { readFile } from 'node:fs/promises';
import { parseEnv } from 'node:util';
import { GeneratedProject, onNode } from '../../support/generated.ts';
import { Program, run } from '../../support/program.ts';
import { allTodos, callTool, type ListedTodo } from '../../support/tool-calls.ts';

const rounds = 50;
const writers = 8;

/** The state of a server with SQLite after it was killed again and again. */
export interface SqliteRun {
  readonly rounds: number;
  readonly writers: number;
  readonly acknowledged: number;
  /** Ids of todos that were acknowledged, but are gone. */
  readonly missing: readonly string[];
  /** Todos that exist twice, or unacknowledged ones beyond the number of cut-off answers. */
  readonly unexpected: readonly string[];
  /** SQLite's verdict on the file: `ok`. */
  readonly integrity: string;
  /** Rows with dangling references, and owners whose count is wrong. */
  readonly inconsistent: number;
}

/** Writes until the server is killed. */
async function write(endpoint: string, token: string, onAcknowledged: (id: string) => void): Promise<void> {
  for (let number = 0; ; number += 1) {
    const { status, result } = await callTool<{ todo: ListedTodo }>(endpoint, token, 'create_todo', {
      title: `${number}`,
    });
    if (status === undefined) return;
    if (result === undefined) throw new Error(`create_todo was answered with ${status}`);
    onAcknowledged(result.todo.id);
  }
}

const check = `const { DatabaseSync } = require('node:sqlite');
  const database = new DatabaseSync('data/todos.db');
  const all = (query) => database.prepare(query).all();
  console.log(JSON.stringify({
    integrity: all('PRAGMA integrity_check').map((row) => row.integrity_check).join(', '),
    inconsistent: all('PRAGMA foreign_key_check').length + all('SELECT 1 FROM owners JOIN (SELECT owner_id, count(*) AS there FROM todos GROUP BY owner_id) USING (owner_id) WHERE there <> todos').length,
  }))`;

/** Kills a generated server 50 times under load, each time after a different number of answers, and checks what it has kept. */
export async function killSqlite(): Promise<SqliteRun> {
  const closing: Array<() => Promise<unknown>> = [];
  try {
    const env = await onNode(24);
    const project = await GeneratedProject.make(['--store', 'sqlite', '--no-check'], env);
    closing.push(() => project.remove());
    const built = await project.built();
    if (built.code !== 0) throw new Error(`the project does not build:\n${built.stdout}${built.stderr}`);
    const scalekit = await project.startScalekit(['todo:read', 'todo:write']);
    closing.unshift(() => scalekit.close());
    const tokens = await Promise.all(
      Array.from({ length: writers }, (_, number) => scalekit.mint({ subject: `usr_${number}` })),
    );
    const settings = parseEnv(await readFile(project.path('.env'), 'utf8'));
    const start = async () => {
      const server = new Program(env.NODE, ['dist/src/main.js'], {
        cwd: project.directory,
        env: { ...settings, LOG_FORMAT: 'json', TOOL_CALLS_PER_MINUTE: '0', REQUESTS_PER_MINUTE: '0' },
      });
      closing.unshift(() => server.kill());
      await server.says(/"event":"listening"/, 60_000);
      return server;
    };

    const acknowledged = tokens.map(() => new Set<string>());
    for (let round = 0; round < rounds; round += 1) {
      const server = await start();
      let count = 0;
      // Killed by one of the writers, when many answers are under way.
      const until = 10 + ((round * 37) % 90);
      await Promise.all(
        tokens.map((token, writer) =>
          write(project.endpoint, token, (id) => {
            acknowledged[writer]?.add(id);
            count += 1;
            if (count === until) server.child.kill('SIGKILL');
          }),
        ),
      );
      const { code, signal } = await server.ended();
      if (signal !== 'SIGKILL')
        throw new Error(`the server ended by itself, with ${code}:\n${server.output}`);
    }

    await start();
    const missing: string[] = [];
    const unexpected: string[] = [];
    for (const [writer, token] of tokens.entries()) {
      const there = (await allTodos(project.endpoint, token)).map(({ id }) => id);
      const [ids, known] = [new Set(there), acknowledged[writer] ?? new Set<string>()];
      missing.push(...[...known].filter((id) => !ids.has(id)));
      if (ids.size !== there.length) unexpected.push(`writer ${writer} has a todo twice`);
      // A write whose answer was cut off may be on disk: at most one per writer each time.
      if (ids.size - known.size > rounds)
        unexpected.push(`writer ${writer} has ${ids.size - known.size} more`);
    }
    const { stdout } = await run(env.NODE, ['-e', check], { cwd: project.directory });
    const sum = acknowledged.reduce((total, { size }) => total + size, 0);
    return { rounds, writers, acknowledged: sum, missing, unexpected, ...JSON.parse(stdout) };
  } finally {
    for (const close of closing) await close();
  }
}

/** @returns what must not have happened. */
export function complaintsOfSqlite({ missing, unexpected, integrity, inconsistent }: SqliteRun) {
  return [
    ...missing.map((id) => `SQLite: acknowledged and gone: ${id}`),
    ...unexpected.map((text) => `SQLite: ${text}`),
    ...(integrity === 'ok' ? [] : [`SQLite: the file is corrupt: ${integrity}`]),
    ...(inconsistent === 0 ? [] : [`SQLite: ${inconsistent} rows do not fit each other`]),
  ];
}
