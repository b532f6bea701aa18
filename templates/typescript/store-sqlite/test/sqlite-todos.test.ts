// Todos in a SQLite file: what every store does, and what only a file does.
import assert from 'node:assert/strict';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { SqliteTodos } from '../src/sqlite-todos.ts';
import { describeStore, everything, newOwner } from './store-contract.ts';

let folder: string;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'todos-'));
});
after(() => rm(folder, { recursive: true }));

const newFile = () => join(folder, `${Math.random()}`, 'todos.db');

describeStore('todos in SQLite', async () => new SqliteTodos(newFile()));

describe('a SQLite file', () => {
  it('is created with its folder, and keeps everything for the next process', async () => {
    const [file, owner] = [newFile(), newOwner()];
    const first = new SqliteTodos(file);
    const todo = await first.create(owner, 'kept', null);
    await first.close();
    const second = new SqliteTodos(file);
    assert.deepEqual(await everything(second, owner), [todo]);
    await second.close();
  });

  it('is for its user alone', { skip: process.platform === 'win32' }, async () => {
    const file = newFile();
    const store = new SqliteTodos(file);
    await store.create(newOwner(), 'private', null);
    for (const each of [file, `${file}-wal`]) assert.equal((await stat(each)).mode & 0o077, 0);
    await store.close();
  });

  it('is used by two processes at once without losing anything', async () => {
    const [file, owner] = [newFile(), newOwner()];
    const [one, other] = [new SqliteTodos(file), new SqliteTodos(file)];
    for (const store of [one, other, one, other]) await store.create(owner, 'todo', null);
    assert.equal((await everything(one, owner)).length, 4);
    for (const store of [one, other]) await store.close();
  });

  it('is refused if a newer version wrote it', async () => {
    const file = newFile();
    await new SqliteTodos(file).close();
    const { DatabaseSync } = process.getBuiltinModule('node:sqlite');
    const database = new DatabaseSync(file);
    database.exec('PRAGMA user_version = 1000');
    database.close();
    assert.throws(() => new SqliteTodos(file), /newer version of this server \(1000\)/);
  });
});
