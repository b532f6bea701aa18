import { readFile } from 'node:fs/promises';
import { parseEnv } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import { GeneratedProject, onNode } from '../../support/generated.ts';
import { Program, run } from '../../support/program.ts';
import { allTodos, callTool, type ListedTodo } from '../../support/tool-calls.ts';

const rounds = 50;
const writers = 8;

/** Writes until the server is gone. @returns the ids of what was acknowledged, and what was not. */
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

test(`a server with SQLite, killed ${rounds} times under load, loses nothing that it acknowledged`, async () => {
  const env = await onNode(24);
  const project = await GeneratedProject.make(['--store', 'sqlite', '--no-check'], env);
  onTestFinished(() => project.remove());
  expect((await project.built()).code).toBe(0);
  const scalekit = await project.startScalekit(['todo:read', 'todo:write']);
  onTestFinished(() => scalekit.close());
  const tokens = await Promise.all(
    Array.from({ length: writers }, (_, number) => scalekit.mint({ subject: `usr_${number}` })),
  );
  const settings = parseEnv(await readFile(project.path('.env'), 'utf8'));
  const start = async () => {
    const server = new Program(env.NODE, ['dist/src/main.js'], {
      cwd: project.directory,
      env: { ...settings, LOG_FORMAT: 'json', TOOL_CALLS_PER_MINUTE: '0', REQUESTS_PER_MINUTE: '0' },
    });
    onTestFinished(() => server.kill());
    await server.says(/"event":"listening"/);
    return server;
  };

  const acknowledged = tokens.map(() => new Set<string>());
  for (let round = 0; round < rounds; round += 1) {
    const server = await start();
    let count = 0;
    // Killed by one of the writers, when many answers are under way: each time after another number of them.
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
    expect((await server.ended()).signal).toBe('SIGKILL');
  }

  await start();
  for (const [writer, token] of tokens.entries()) {
    const kept = (await allTodos(project.endpoint, token)).map(({ id }) => id);
    const ids = new Set(kept);
    expect(kept.length, 'nothing twice').toBe(ids.size);
    expect([...(acknowledged[writer] ?? [])].filter((id) => !ids.has(id))).toEqual([]);
    // A write may be on the disk whose answer was cut off: at most one a writer each time.
    expect(ids.size - (acknowledged[writer]?.size ?? 0)).toBeLessThanOrEqual(rounds);
  }
  const check = `const { DatabaseSync } = require('node:sqlite');
    const database = new DatabaseSync('data/todos.db');
    console.log(JSON.stringify([
      database.prepare('PRAGMA integrity_check').all(),
      database.prepare('PRAGMA foreign_key_check').all(),
      database.prepare('SELECT count(*) AS wrong FROM owners JOIN (SELECT owner_id, count(*) AS there FROM todos GROUP BY owner_id) USING (owner_id) WHERE there <> todos').get(),
    ]))`;
  const checked = await run(env.NODE, ['-e', check], { cwd: project.directory });
  expect(JSON.parse(checked.stdout)).toEqual([[{ integrity_check: 'ok' }], [], { wrong: 0 }]);
});
