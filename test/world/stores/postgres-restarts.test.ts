import { readFile } from 'node:fs/promises';
import { parseEnv } from 'node:util';
import { describe, expect, onTestFinished, test } from 'vitest';
import { GeneratedProject } from '../../support/generated.ts';
import { lacks } from '../../support/needs.ts';
import { freePort } from '../../support/ports.ts';
import { Postgres, postgres } from '../../support/postgres.ts';
import { Program } from '../../support/program.ts';
import { allTodos, callTool, type ListedTodo } from '../../support/tool-calls.ts';
import { until } from '../../support/waiting.ts';

const unlimited = { LOG_FORMAT: 'json', TOOL_CALLS_PER_MINUTE: '0', REQUESTS_PER_MINUTE: '0' };

describe.skipIf(lacks('servers with Postgres', [postgres]))('two replicas with Postgres', () => {
  test('lose no write and answer every call while Postgres restarts under load', async () => {
    const database = await Postgres.start();
    onTestFinished(() => database.remove());
    const project = await GeneratedProject.make(['--store', 'postgres', '--no-check']);
    onTestFinished(() => project.remove());
    expect((await project.built()).code).toBe(0);
    const scalekit = await project.startScalekit(['todo:read', 'todo:write']);
    onTestFinished(() => scalekit.close());
    const settings = parseEnv(await readFile(project.path('.env'), 'utf8'));
    const replicas: Array<{ readonly server: Program; readonly endpoint: string }> = [];
    for (const port of [project.port, await freePort()]) {
      const env = { ...settings, ...unlimited, PORT: `${port}`, DATABASE_URL: database.url() };
      const server = new Program(process.execPath, ['dist/src/main.js'], { cwd: project.directory, env });
      onTestFinished(() => server.kill());
      await server.says(/"event":"listening"/);
      replicas.push({ server, endpoint: `http://127.0.0.1:${port}/mcp` });
    }

    const writers = await Promise.all(
      Array.from({ length: 8 }, async (_, number) => ({
        token: await scalekit.mint({ subject: `usr_${number % 4}` }),
        endpoint: replicas[number % 2]?.endpoint ?? '',
        user: number % 4,
      })),
    );
    const acknowledged = [0, 1, 2, 3].map(() => new Set<string>());
    const wrong: unknown[] = [];
    let isOver = false;
    let count = 0;
    const work = Promise.all(
      writers.map(async ({ token, endpoint, user }) => {
        while (!isOver) {
          const answer = await callTool<{ todo: ListedTodo }>(endpoint, token, 'create_todo', { title: 'x' });
          if (answer.result) acknowledged[user]?.add(answer.result.todo.id);
          else wrong.push(answer);
          count += 1;
        }
      }),
    );
    const more = async (howMany: number) => {
      const goal = count + howMany;
      await until(`${howMany} more answers`, () => count >= goal, 60_000);
    };
    // Postgres's fast shutdown, then its immediate one, which leaves things as a crash does.
    for (const signal of ['SIGINT', 'SIGQUIT', 'SIGINT'] as const) {
      await more(100);
      await database.stop(signal);
      await database.restart();
    }
    await more(100);
    isOver = true;
    await work;

    for (const { server } of replicas) expect(server.running, server.output.slice(-2000)).toBe(true);
    expect(wrong, 'every call waited for the database').toEqual([]);
    for (const [user, { token, endpoint }] of writers.slice(0, 4).entries()) {
      const ids = new Set((await allTodos(endpoint, token)).map(({ id }) => id));
      expect([...(acknowledged[user] ?? [])].filter((id) => !ids.has(id))).toEqual([]);
      expect(ids.size, 'what was tried again was written once').toBe(acknowledged[user]?.size);
    }
  });

  test('start without a database, tell the model, and serve once it is there', async () => {
    const database = await Postgres.start();
    onTestFinished(() => database.remove());
    await database.stop();
    const project = await GeneratedProject.make(['--store', 'postgres', '--no-check']);
    onTestFinished(() => project.remove());
    expect((await project.built()).code).toBe(0);
    const scalekit = await project.startScalekit(['todo:read', 'todo:write']);
    onTestFinished(() => scalekit.close());
    const server = new Program(process.execPath, ['dist/src/main.js'], {
      cwd: project.directory,
      env: { ...unlimited, DATABASE_URL: database.url() },
    });
    onTestFinished(() => server.kill());
    await server.says(/"event":"listening"/);
    expect(server.stderr).toMatch(/"event":"database_unreachable".*start Postgres, or correct DATABASE_URL/);
    const token = await scalekit.mint();
    const call = () => callTool<{ todo: ListedTodo }>(project.endpoint, token, 'create_todo', { title: 'x' });
    const sentence = 'The todos cannot be reached at the moment. Try again in a minute.';
    expect((await call()).error).toContain(sentence);
    await database.restart();
    expect((await call()).result?.todo.title).toBe('x');
    expect(server.output).not.toContain('todo_mcp:todo_mcp');
  });
});
