// Todos in memory: what every store does, and the limits of this one.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ToolError } from 'scalekit-mcp-server';
import { MemoryTodos } from '../src/memory-todos.ts';
import { describeStore } from './store-contract.ts';

describeStore('todos in memory', async () => new MemoryTodos());

describe('one owner', () => {
  it('has at most a megabyte, however the todos are changed', async () => {
    const store = new MemoryTodos();
    const large = { title: 'large', description: 'x'.repeat(2000) };
    const small = await store.create('owner', 'small', null);
    const fill = async () => {
      for (;;) await store.create('owner', large.title, large.description);
    };
    await assert.rejects(fill(), ToolError);
    const todos = await store.list('owner', { after: 0, limit: 1000 });
    assert.ok(todos.length > 400 && todos.length < 500, `${todos.length}`);
    await assert.rejects(store.update('owner', small.id, large), ToolError);
    assert.equal((await store.update('owner', small.id, { title: 'tiny' }))?.title, 'tiny');
  });

  it('has at most a thousand todos, and takes no room from others', async () => {
    const store = new MemoryTodos();
    for (let number = 0; number < 1000; number += 1) await store.create('owner', `${number}`, null);
    await assert.rejects(store.create('owner', 'one more', null), /There is no room for this/);
    const [first] = await store.list('owner', { after: 0, limit: 1 });
    await store.delete('owner', first?.todo.id ?? '');
    assert.equal((await store.create('owner', 'one more', null)).title, 'one more');
    assert.equal((await store.create('other', 'the first', null)).title, 'the first');
  });
});
