// What every store of todos does, whatever it keeps them in. The store's own test calls it with the real one.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { ToolError } from 'scalekit-mcp-server';
import type { PageOptions, Todo, TodoStore } from '../src/todo-store.ts';

/** An owner whom no other test uses: a database may keep what earlier runs have left. */
export const newOwner = () => `https://test.example#${randomUUID()}`;

/** Everything that an owner has, a page after the other. */
export async function everything(
  store: TodoStore,
  owner: string,
  options: Partial<PageOptions> = {},
): Promise<Todo[]> {
  const todos: Todo[] = [];
  let cursor: string | undefined;
  do {
    const page = await store.list(owner, { limit: 100, ...options, cursor });
    todos.push(...page.todos);
    cursor = page.next;
  } while (cursor !== undefined);
  return todos;
}

/** Texts that have broken a database somewhere. */
const hostile = ["' OR 1=1 --", '"; DROP TABLE todos; --', '$1', '%_\\', '__proto__', '🙂 العربية', ' \n\t '];

type Opened = () => TodoStore;

/** What is kept, and how it changes. */
function whatIsKept(store: Opened): void {
  it('keeps what it is given, as it is', async () => {
    const owner = newOwner();
    for (const text of hostile) {
      const todo = await store().create(owner, text, text);
      assert.deepEqual({ ...todo, id: '…' }, { id: '…', title: text, description: text, completed: false });
      assert.deepEqual(await store().get(owner, todo.id), todo);
    }
    assert.deepEqual(
      (await everything(store(), owner)).map(({ title: kept }) => kept),
      hostile,
    );
  });

  it('keeps a character that databases stumble over, or says that it does not', async () => {
    const owner = newOwner();
    const text = 'a\u0000b';
    const todo = await store()
      .create(owner, text, null)
      .catch((error: unknown) => assert.ok(error instanceof ToolError));
    if (todo) assert.equal((await store().get(owner, todo.id))?.title, text);
    assert.equal((await everything(store(), owner)).length, todo ? 1 : 0);
  });

  it('sets what is given, and leaves the rest', async () => {
    const owner = newOwner();
    const todo = await store().create(owner, 'title', 'description');
    const nothing = { title: null, description: undefined, completed: null };
    assert.deepEqual(await store().update(owner, todo.id, nothing), todo);
    const changed = { ...todo, description: '', completed: true };
    assert.deepEqual(await store().update(owner, todo.id, { description: '', completed: true }), changed);
    assert.deepEqual(await store().get(owner, todo.id), changed);
  });

  it('loses none of many changes at once', async () => {
    const owner = newOwner();
    const { id } = await store().create(owner, 'title', null);
    const changes = [{ title: 'changed' }, { description: 'changed' }, { completed: true }];
    await Promise.all(changes.map((change) => store().update(owner, id, change)));
    const expected = { id, title: 'changed', description: 'changed', completed: true };
    assert.deepEqual(await store().get(owner, id), expected);
  });

  it('gives each todo of many that are created at once, in one order', async () => {
    const owner = newOwner();
    const titles = Array.from({ length: 50 }, (_, number) => `todo ${number}`);
    await Promise.all(titles.map((each) => store().create(owner, each, null)));
    const once = await everything(store(), owner, { limit: 7 });
    assert.deepEqual(once.map(({ title: kept }) => kept).toSorted(), titles.toSorted());
    assert.deepEqual(await everything(store(), owner), once);
  });
}

/** How it is listed. */
function pages(store: Opened): void {
  it('goes on behind a page, whatever is deleted and created meanwhile', async () => {
    const owner = newOwner();
    const [one, two] = [await store().create(owner, 'one', null), await store().create(owner, 'two', null)];
    const three = await store().create(owner, 'three', null);
    const page = await store().list(owner, { limit: 2 });
    assert.deepEqual(page.todos, [one, two]);
    for (const { id } of [one, two]) assert.equal(await store().delete(owner, id), true);
    const four = await store().create(owner, 'four', null);
    assert.deepEqual(await store().list(owner, { limit: 2, cursor: page.next }), { todos: [three, four] });
  });

  it('pages through those that are completed, and those that are not', async () => {
    const owner = newOwner();
    for (let number = 0; number < 10; number += 1) {
      const { id } = await store().create(owner, `${number}`, null);
      if (number % 3 === 0) await store().update(owner, id, { completed: true });
    }
    const titles = async (completed: boolean) =>
      (await everything(store(), owner, { completed, limit: 2 })).map(({ title: kept }) => kept).join(' ');
    assert.equal(await titles(true), '0 3 6 9');
    assert.equal(await titles(false), '1 2 4 5 7 8');
  });

  it('refuses a cursor that no page has given', async () => {
    for (const cursor of ['x', '1.5', '-1', '1e3', ' 1', '9'.repeat(40), "' OR 1=1 --", '\u0000'])
      await assert.rejects(store().list(newOwner(), { limit: 1, cursor }), ToolError, cursor);
  });
}

/** Who sees it. */
function owners(store: Opened): void {
  it('shows an owner nothing of what belongs to another', async () => {
    const [owner, other] = [newOwner(), newOwner()];
    const todo = await store().create(owner, 'mine', null);
    assert.deepEqual(await store().list(other, { limit: 10 }), { todos: [] });
    assert.equal(await store().get(other, todo.id), undefined);
    assert.equal(await store().update(other, todo.id, { title: 'yours' }), undefined);
    assert.equal(await store().delete(other, todo.id), false);
    assert.deepEqual(await everything(store(), owner), [todo]);
  });

  it('knows of no todo that is not there', async () => {
    const owner = newOwner();
    const { id: gone } = await store().create(owner, 'gone', null);
    assert.equal(await store().delete(owner, gone), true);
    for (const id of [gone, randomUUID(), '', 'x', '\u0000', ...hostile]) {
      assert.equal(await store().get(owner, id), undefined);
      assert.equal(await store().update(owner, id, { title: 'x' }), undefined);
      assert.equal(await store().delete(owner, id), false);
    }
  });
}

/** @param open opens the store, before the tests run. */
export function describeStore(title: string, open: () => Promise<TodoStore>): void {
  describe(title, () => {
    let store: TodoStore;
    before(async () => {
      store = await open();
    });
    after(() => store.close());
    for (const group of [whatIsKept, pages, owners]) group(() => store);
  });
}
