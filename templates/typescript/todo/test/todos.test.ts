// The todo tools: what they do, and for whom.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Todo } from '../src/todo-store.ts';
import { startServer, type TestServer } from './support.ts';

let server: TestServer;
before(async () => {
  server = await startServer();
});
after(() => server.stop());

let users = 0;

/** Calls tools as a user with all scopes, who has no todos yet; `token` makes it another user. */
function newUser(token?: string) {
  users += 1;
  const caller = token === undefined ? { subject: `usr_${users}` } : { token };
  return {
    async call(name: string, args: Readonly<Record<string, unknown>> = {}) {
      const { error, result } = await server.call(name, args, caller);
      // What a tool answers. Which of these are there depends on the tool.
      return {
        error,
        ...(result as { todo: Todo; todos: readonly Todo[]; next_cursor?: string; deleted: string }),
      };
    },
  };
}

describe('todos', () => {
  it('are created, listed, read, changed and deleted', async () => {
    const { call } = newUser();
    const { todo } = await call('create_todo', { title: 'Buy milk' });
    assert.deepEqual(
      { ...todo, id: '…' },
      { id: '…', title: 'Buy milk', description: null, completed: false },
    );
    assert.deepEqual((await call('list_todos')).todos, [todo]);
    assert.deepEqual((await call('get_todo', { todo_id: todo.id })).todo, todo);

    const changed = { ...todo, description: 'Two bottles', completed: true };
    const changes = { todo_id: todo.id, description: 'Two bottles', completed: true };
    assert.deepEqual((await call('update_todo', changes)).todo, changed);

    assert.equal((await call('delete_todo', { todo_id: todo.id })).deleted, todo.id);
    assert.deepEqual((await call('list_todos')).todos, []);
  });

  it('are listed by whether they are completed', async () => {
    const { call } = newUser();
    const { todo: open } = await call('create_todo', { title: 'open' });
    const { todo } = await call('create_todo', { title: 'done' });
    const { todo: done } = await call('update_todo', { todo_id: todo.id, completed: true });
    assert.deepEqual((await call('list_todos', { completed: true })).todos, [done]);
    assert.deepEqual((await call('list_todos', { completed: false })).todos, [open]);
  });

  it('are listed a page at a time, each once', async () => {
    const { call } = newUser();
    for (const title of ['one', 'two', 'three']) await call('create_todo', { title });
    const first = await call('list_todos', { limit: 2 });
    const second = await call('list_todos', { limit: 2, cursor: first.next_cursor });
    const titles = [...first.todos, ...second.todos].map(({ title }) => title);
    assert.deepEqual(titles, ['one', 'two', 'three']);
    assert.equal(second.next_cursor, undefined);
    const wrong = ['x', '', '1.5', '-1', '1e3', ' 1', '9'.repeat(40), "' OR 1=1 --", '\u0000'];
    for (const cursor of wrong)
      assert.match((await call('list_todos', { cursor })).error ?? '', /not the next_cursor/, cursor);
  });

  it('are not changed by what is left out, or null', async () => {
    const { call } = newUser();
    const { todo } = await call('create_todo', { title: 'as it is', description: null });
    const nothing = { todo_id: todo.id, title: null, description: null, completed: null };
    assert.deepEqual((await call('update_todo', nothing)).todo, todo);
    assert.deepEqual((await call('list_todos', { completed: null })).todos, [todo]);
  });

  it('that do not exist are an error that a model can read', async () => {
    const { call } = newUser();
    for (const todo_id of ['nothing', '__proto__', 'constructor', "' OR 1=1 --", '../..', '\u0000'])
      for (const name of ['get_todo', 'update_todo', 'delete_todo'])
        assert.equal((await call(name, { todo_id })).error, `Todo \`${todo_id}\` not found.`);
  });

  it('need a title', async () => {
    const { call } = newUser();
    for (const title of [undefined, '', 'x'.repeat(201), 1, null])
      assert.match((await call('create_todo', { title })).error ?? '', /^Invalid arguments: title/);
  });
});

describe("a user's todos", () => {
  it('belong to their user, and to nobody else', async () => {
    const [one, other] = [newUser(), newUser()];
    const { todo } = await one.call('create_todo', { title: 'mine' });
    assert.deepEqual((await other.call('list_todos')).todos, []);
    for (const name of ['get_todo', 'update_todo', 'delete_todo'])
      assert.match((await other.call(name, { todo_id: todo.id, title: 'yours' })).error ?? '', /not found/);
    assert.deepEqual((await one.call('list_todos')).todos, [todo]);
  });

  it('are the same for both issuers of the environment', async () => {
    const { mint, url } = server.scalekit;
    const older = newUser(await mint({ subject: 'usr_moving', issuer: url }));
    const newer = newUser(await mint({ subject: 'usr_moving' }));
    const { todo } = await older.call('create_todo', { title: 'before' });
    assert.deepEqual((await newer.call('list_todos')).todos, [todo]);
  });
});
