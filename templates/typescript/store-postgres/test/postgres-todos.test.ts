// Todos in Postgres: what every store does, and how Postgres itself keeps owners apart. DATABASE_URL has to be in the
// environment. Any database will do: they leave only todos behind, of owners whom nobody else has.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Client } from 'pg';
import { clientOptions, Database } from '../src/database.ts';
import { migrate, pendingMigrations } from '../src/migrations.ts';
import { PostgresTodos } from '../src/postgres-todos.ts';
import { describeStore, newOwner } from './store-contract.ts';

const url = process.env.DATABASE_URL ?? '';
const logged: string[] = [];
const newDatabase = () => new Database(url, (_level, event) => logged.push(event));

if (url === '') it('todos in Postgres', { skip: 'DATABASE_URL is not set' });
else describe('in Postgres', inPostgres);

function inPostgres() {
  describeStore('todos', async () => new PostgresTodos(newDatabase()));

  describe('row-level security', () => {
    let database: Database;
    const [owner, other] = [newOwner(), newOwner()];
    before(async () => {
      database = newDatabase();
      const todos = new PostgresTodos(database);
      for (const each of [owner, other]) await todos.create(each, 'a todo', null);
    });
    after(() => database.close());

    it('shows only one owner to a query that forgets to name one', async () => {
      const { rows } = await database.asOwner(owner, (client) =>
        client.query('SELECT * FROM todo_mcp.todos'),
      );
      assert.deepEqual(
        rows.map(({ owner_id }) => owner_id),
        [owner],
      );
    });

    it('changes, deletes and inserts nothing of another owner', async () => {
      const run = (sql: string) => database.asOwner(owner, (client) => client.query(sql, [other]));
      const changed = await run('UPDATE todo_mcp.todos SET completed = true WHERE owner_id = $1');
      const deleted = await run('DELETE FROM todo_mcp.todos WHERE owner_id = $1');
      assert.deepEqual([changed.rowCount, deleted.rowCount], [0, 0]);
      const forged = "INSERT INTO todo_mcp.todos (owner_id, place, id, title) VALUES ($1, 9, 'x', 'x')";
      await assert.rejects(run(forged), /row-level security/);
    });

    it('leaves nothing of an owner on the connection for the next one', async () => {
      // As many as the pool has connections, so that each one is used.
      const ask = () =>
        database.asOwner(other, async (client) => {
          await client.query('COMMIT');
          const { rows } = await client.query(
            "SELECT current_user = session_user AS own, current_setting('todo_mcp.owner', true) AS owner",
          );
          return rows[0];
        });
      for (const { own, owner: left } of await Promise.all(Array.from({ length: 10 }, ask))) {
        assert.equal(own, true);
        assert.ok(!left, left);
      }
    });
  });

  describe('a migration', () => {
    it('may be started by several processes at once', async () => {
      const clients = [1, 2, 3].map(() => new Client(clientOptions(url)));
      for (const client of clients) await client.connect();
      await Promise.all(clients.map((client) => migrate(client)));
      for (const client of clients) assert.deepEqual(await pendingMigrations(client), []);
      for (const client of clients) await client.end();
    });
  });
}
