// Todos in Postgres. Every query names the owner; row-level security (migrations/0001-todos.sql) stops one that forgets to.
import { randomUUID } from 'node:crypto';
import type { ClientBase } from 'pg';
import { ToolError } from 'scalekit-mcp-server';
import type { Database } from './database.ts';
import type { ListOptions, Placed, Todo, TodoChanges, TodoStore } from './todo-store.ts';
import { noRoom } from './todo-store.ts';

/** Per-user limit, so that one user cannot fill the disk. */
const maximumTodos = 100_000;

const columns = 'id, title, description, completed';

const queries = {
  // The row lock makes one owner's creations wait for each other, so that no page skips a place that is filled later.
  create: `WITH counted AS (
      INSERT INTO todo_mcp.owners AS own (owner_id, created, todos) VALUES ($1, 1, 1)
      ON CONFLICT (owner_id) DO UPDATE SET created = own.created + 1, todos = own.todos + 1
      WHERE own.todos < ${maximumTodos} RETURNING created
    )
    INSERT INTO todo_mcp.todos (owner_id, place, id, title, description)
    SELECT $1, created, $2, $3, $4 FROM counted RETURNING ${columns}`,
  list: `SELECT place, ${columns} FROM todo_mcp.todos WHERE owner_id = $1 AND place > $2 ORDER BY place LIMIT $3`,
  listCompleted: `SELECT place, ${columns} FROM todo_mcp.todos WHERE owner_id = $1 AND place > $2 AND completed = $4
    ORDER BY place LIMIT $3`,
  get: `SELECT ${columns} FROM todo_mcp.todos WHERE owner_id = $1 AND id = $2`,
  // One statement: of two simultaneous changes, the later one sets its own fields on top of the earlier one's.
  update: `UPDATE todo_mcp.todos SET title = coalesce($3, title), description = coalesce($4, description),
    completed = coalesce($5, completed) WHERE owner_id = $1 AND id = $2 RETURNING ${columns}`,
  delete: `WITH gone AS (DELETE FROM todo_mcp.todos WHERE owner_id = $1 AND id = $2 RETURNING owner_id)
    UPDATE todo_mcp.owners SET todos = todos - 1 WHERE owner_id IN (SELECT owner_id FROM gone)`,
} as const;

/** The only character that Postgres cannot store. */
const hasNul = (text: string | null | undefined) => text?.includes('\0') ?? false;

function refuseNul(...texts: ReadonlyArray<string | null | undefined>): void {
  if (texts.some(hasNul)) throw new ToolError('A todo cannot hold the character U+0000: leave it out.');
}

export class PostgresTodos implements TodoStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async create(owner: string, title: string, description: string | null): Promise<Todo> {
    refuseNul(title, description);
    const id = randomUUID();
    return await this.#database.asOwner(owner, async (client, attempt) => {
      // If the connection broke at the end of an earlier attempt, the todo may have been written all the same.
      const written = attempt > 1 ? await this.#one(client, queries.get, [owner, id]) : undefined;
      const todo = written ?? (await this.#one(client, queries.create, [owner, id, title, description]));
      if (!todo) throw noRoom();
      return todo;
    });
  }

  async list(owner: string, { completed, after, limit }: ListOptions): Promise<readonly Placed[]> {
    const values = [owner, after, limit];
    const { rows } = await this.#database.asOwner(owner, (client) =>
      completed == null
        ? client.query(queries.list, values)
        : client.query(queries.listCompleted, [...values, completed]),
    );
    return rows.map(({ place, ...todo }) => ({ todo: todo as Todo, place: Number(place) }));
  }

  async get(owner: string, id: string): Promise<Todo | undefined> {
    if (hasNul(id)) return undefined;
    return await this.#database.asOwner(owner, (client) => this.#one(client, queries.get, [owner, id]));
  }

  async update(owner: string, id: string, { title, description, completed }: TodoChanges) {
    if (hasNul(id)) return undefined;
    refuseNul(title, description);
    const values = [owner, id, title ?? null, description ?? null, completed ?? null];
    return await this.#database.asOwner(owner, (client) => this.#one(client, queries.update, values));
  }

  async delete(owner: string, id: string): Promise<boolean> {
    if (hasNul(id)) return false;
    let wasThere = false;
    return await this.#database.asOwner(owner, async (client) => {
      const { rowCount } = await client.query(queries.delete, [owner, id]);
      wasThere ||= rowCount === 1;
      return wasThere;
    });
  }

  async close(): Promise<void> {
    await this.#database.close();
  }

  async #one(client: ClientBase, query: string, values: readonly unknown[]): Promise<Todo | undefined> {
    const { rows } = await client.query<Todo>(query, [...values]);
    return rows[0];
  }
}
