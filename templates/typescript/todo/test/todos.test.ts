// The todo tools: what they do, and for whom.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type Todo, todos } from '../src/store.ts';
import { callTool, startServer, type TestServer } from './support.ts';

let server: TestServer;
before(async () => {
  server = await startServer();
});
after(() => server.stop());

/** What the tools answer. Which of these are there depends on the tool. */
interface Result {
  readonly todo: Todo;
  readonly todos: readonly Todo[];
  readonly deleted: string;
  readonly error: string;
}

let users = 0;

/** A user with all scopes, and with no todos yet. */
async function newUser() {
  users += 1;
  return userOf(await server.scalekit.mint({ subject: `usr_${users}` }));
}

function userOf(token: string) {
  return {
    async call(name: string, args: Readonly<Record<string, unknown>> = {}) {
      const {
        isError = false,
        structuredContent,
        content,
      } = (await callTool(server, token, name, args)).json.result;
      // Results are there twice: as an object, and as text for clients that know no objects. Errors are text only.
      const result: Result = JSON.parse(content[0]?.text ?? '');
      if (!isError) assert.deepEqual(structuredContent, result);
      return { isError, result };
    },
  };
}

describe('todos', () => {
  it('are created, listed, read, changed and deleted', async () => {
    const { call } = await newUser();
    const { todo } = (await call('create_todo', { title: 'Buy milk' })).result;
    assert.deepEqual(
      { ...todo, id: '…' },
      { id: '…', title: 'Buy milk', description: null, completed: false },
    );
    assert.deepEqual((await call('list_todos')).result, { todos: [todo] });
    assert.deepEqual((await call('get_todo', { todo_id: todo.id })).result, { todo });

    const changed = { ...todo, description: 'Two bottles', completed: true };
    const changes = { todo_id: todo.id, description: 'Two bottles', completed: true };
    assert.deepEqual((await call('update_todo', changes)).result, { todo: changed });

    assert.deepEqual((await call('delete_todo', { todo_id: todo.id })).result, { deleted: todo.id });
    assert.deepEqual((await call('list_todos')).result, { todos: [] });
  });

  it('are listed by whether they are completed', async () => {
    const { call } = await newUser();
    const { todo: open } = (await call('create_todo', { title: 'open' })).result;
    const { todo } = (await call('create_todo', { title: 'done' })).result;
    const { todo: done } = (await call('update_todo', { todo_id: todo.id, completed: true })).result;
    assert.deepEqual((await call('list_todos', { completed: true })).result, { todos: [done] });
    assert.deepEqual((await call('list_todos', { completed: false })).result, { todos: [open] });
  });

  it('are not changed by what is left out, or null', async () => {
    const { call } = await newUser();
    const { todo } = (await call('create_todo', { title: 'as it is', description: null })).result;
    const nothing = { todo_id: todo.id, title: null, description: null, completed: null };
    assert.deepEqual((await call('update_todo', nothing)).result, { todo });
    assert.deepEqual((await call('list_todos', { completed: null })).result, { todos: [todo] });
  });

  it('that do not exist are an error that a model can read', async () => {
    const { call } = await newUser();
    for (const todo_id of ['nothing', '__proto__', 'constructor', "' OR 1=1 --", '../..', '\u0000']) {
      for (const name of ['get_todo', 'update_todo', 'delete_todo']) {
        const { isError, result } = await call(name, { todo_id });
        assert.ok(isError);
        assert.deepEqual(result, { error: `Todo \`${todo_id}\` not found.` });
      }
    }
  });

  it('need a title', async () => {
    const { call } = await newUser();
    for (const title of [undefined, '', 'x'.repeat(201), 1, null]) {
      const { isError, result } = await call('create_todo', { title });
      assert.ok(isError);
      assert.match(result.error, /^Invalid arguments: title/);
    }
  });
});

describe("a user's todos", () => {
  it('are a thousand for each user at most', async () => {
    const { call } = await newUser();
    const ownerId = `${server.scalekit.url}#usr_${users}`;
    for (let n = 0; n < 1000; n += 1) await todos.create(ownerId, `${n}`, null);
    const { isError, result } = await call('create_todo', { title: 'one more' });
    assert.ok(isError);
    assert.match(result.error, /no room/);

    const [todo] = (await call('list_todos')).result.todos;
    await call('delete_todo', { todo_id: todo?.id });
    assert.ok(!(await call('create_todo', { title: 'one more' })).isError);
    assert.ok(!(await (await newUser()).call('create_todo', { title: "another's first" })).isError);
  });

  it('belong to their user, and to nobody else', async () => {
    const [one, other] = [await newUser(), await newUser()];
    const { todo } = (await one.call('create_todo', { title: 'mine' })).result;
    assert.deepEqual((await other.call('list_todos')).result, { todos: [] });
    for (const name of ['get_todo', 'update_todo', 'delete_todo']) {
      assert.ok((await other.call(name, { todo_id: todo.id, title: 'yours' })).isError);
    }
    assert.deepEqual((await one.call('list_todos')).result, { todos: [todo] });
  });

  it('are the same for both issuers of the environment', async () => {
    const { mint, url } = server.scalekit;
    const older = userOf(await mint({ subject: 'usr_moving', issuer: url }));
    const newer = userOf(await mint({ subject: 'usr_moving' }));
    const { todo } = (await older.call('create_todo', { title: 'before' })).result;
    assert.deepEqual((await newer.call('list_todos')).result, { todos: [todo] });
  });
});
