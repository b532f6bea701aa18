// What every store of todos does, wherever it keeps them. Each store's own test calls this with the real store.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { ToolError } from 'scalekit-mcp-server';
import type { ListOptions, Todo, TodoStore } from '../src/todo-store.ts';

/** An owner whom no other test uses: a database may keep what earlier runs have left. */
export const newOwner = () => `https://test.example#${randomUUID()}`;

/** All todos of an owner, page by page. */
export async function everything(
  store: TodoStore,
  owner: string,
  options: Partial<ListOptions> = {},
): Promise<Todo[]> {
  const todos: Todo[] = [];
  let place: number | undefined = 0;
  while (place !== undefined) {
    const page = await store.list(owner, { limit: 100, ...options, after: place });
    todos.push(...page.map(({ todo }) => todo));
    place = page.at(-1)?.place;
  }
  return todos;
}

/** Texts that have broken databases before. */
const hostile = ["' OR 1=1 --", '"; DROP TABLE todos; --', '$1', '%_\\', '__proto__', '🙂 العربية', ' \n\t '];

type Opened = () => TodoStore;

/** What is kept, and how it changes. */
function whatIsKept(store: Opened): void {
  it('keeps what it is given, unchanged', async () => {
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

  it('keeps a character that databases stumble over, or refuses it', async () => {
    const owner = newOwner();
    const text = 'a\u0000b';
    const todo = await store()
      .create(owner, text, null)
      .catch((error: unknown) => assert.ok(error instanceof ToolError));
    if (todo) assert.equal((await store().get(owner, todo.id))?.title, text);
    assert.equal((await everything(store(), owner)).length, todo ? 1 : 0);
  });

  it('sets what is given, and leaves the rest as it is', async () => {
    const owner = newOwner();
    const todo = await store().create(owner, 'title', 'description');
    const nothing = { title: null, description: undefined, completed: null };
    assert.deepEqual(await store().update(owner, todo.id, nothing), todo);
    const changed = { ...todo, description: '', completed: true };
    assert.deepEqual(await store().update(owner, todo.id, { description: '', completed: true }), changed);
    assert.deepEqual(await store().get(owner, todo.id), changed);
  });

  it('loses none of many simultaneous changes', async () => {
    const owner = newOwner();
    const { id } = await store().create(owner, 'title', null);
    const changes = [{ title: 'changed' }, { description: 'changed' }, { completed: true }];
    await Promise.all(changes.map((change) => store().update(owner, id, change)));
    const expected = { id, title: 'changed', description: 'changed', completed: true };
    assert.deepEqual(await store().get(owner, id), expected);
  });

  it('lists each of many todos that are created at once, always in the same order', async () => {
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
  it('continues after a page, whatever is deleted and created in between', async () => {
    const owner = newOwner();
    const [one, two] = [await store().create(owner, 'one', null), await store().create(owner, 'two', null)];
    const three = await store().create(owner, 'three', null);
    const page = await store().list(owner, { after: 0, limit: 2 });
    assert.deepEqual(
      page.map(({ todo }) => todo),
      [one, two],
    );
    for (const { id } of [one, two]) assert.equal(await store().delete(owner, id), true);
    const four = await store().create(owner, 'four', null);
    const next = await store().list(owner, { after: page.at(-1)?.place ?? 0, limit: 2 });
    assert.deepEqual(
      next.map(({ todo }) => todo),
      [three, four],
    );
  });

  it('pages through completed todos, and through open ones', async () => {
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
}

/** Who sees it. */
function owners(store: Opened): void {
  it('shows an owner nothing that belongs to another', async () => {
    const [owner, other] = [newOwner(), newOwner()];
    const todo = await store().create(owner, 'mine', null);
    assert.deepEqual(await store().list(other, { after: 0, limit: 10 }), []);
    assert.equal(await store().get(other, todo.id), undefined);
    assert.equal(await store().update(other, todo.id, { title: 'yours' }), undefined);
    assert.equal(await store().delete(other, todo.id), false);
    assert.deepEqual(await everything(store(), owner), [todo]);
  });

  it('finds no todo that does not exist', async () => {
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
