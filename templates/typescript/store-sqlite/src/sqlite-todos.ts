// Todos in a SQLite file, by the module that comes with Node.js. One process at a time serves a file.
import { randomUUID } from 'node:crypto';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { ListOptions, Placed, Todo, TodoChanges, TodoStore } from './todo-store.ts';
import { noRoom } from './todo-store.ts';

/** Per-user limit, so that one user cannot fill the disk. */
const maximumTodos = 100_000;

/** One step per version of the tables; `PRAGMA user_version` says how many a file has taken. Only add to this list. */
const migrations = [
  `CREATE TABLE owners (
     owner_id TEXT PRIMARY KEY,
     -- How many todos the owner has created, which is the place of the last one, and how many there are.
     created INTEGER NOT NULL,
     todos INTEGER NOT NULL
   ) STRICT, WITHOUT ROWID;
   CREATE TABLE todos (
     owner_id TEXT NOT NULL REFERENCES owners,
     place INTEGER NOT NULL,
     id TEXT NOT NULL,
     title TEXT NOT NULL,
     description TEXT,
     completed INTEGER NOT NULL DEFAULT 0,
     PRIMARY KEY (owner_id, place)
   ) STRICT, WITHOUT ROWID;
   CREATE UNIQUE INDEX todos_by_id ON todos (owner_id, id);
   CREATE INDEX todos_by_completed ON todos (owner_id, completed, place);`,
];

/** Every query names the owner. */
const queries = {
  count: `INSERT INTO owners (owner_id, created, todos) VALUES (:owner, 1, 1)
    ON CONFLICT (owner_id) DO UPDATE SET created = created + 1, todos = todos + 1 WHERE todos < ${maximumTodos}
    RETURNING created`,
  insert: `INSERT INTO todos (owner_id, place, id, title, description) VALUES (:owner, :place, :id, :title, :description)
    RETURNING *`,
  list: 'SELECT * FROM todos WHERE owner_id = :owner AND place > :after ORDER BY place LIMIT :limit',
  listCompleted: `SELECT * FROM todos WHERE owner_id = :owner AND completed = :completed AND place > :after
    ORDER BY place LIMIT :limit`,
  get: 'SELECT * FROM todos WHERE owner_id = :owner AND id = :id',
  update: `UPDATE todos SET title = coalesce(:title, title), description = coalesce(:description, description),
    completed = coalesce(:completed, completed) WHERE owner_id = :owner AND id = :id RETURNING *`,
  delete: 'DELETE FROM todos WHERE owner_id = :owner AND id = :id',
  discount: 'UPDATE owners SET todos = todos - 1 WHERE owner_id = :owner',
} as const;

interface Row {
  readonly place: number;
  readonly id: string;
  readonly title: string;
  readonly description: string | null;
  readonly completed: number;
}

const todoOf = ({ id, title, description, completed }: Row): Todo => ({
  id,
  title,
  description,
  completed: completed === 1,
});

/** SQLite has no booleans. */
const flag = (value: boolean | null | undefined) => (value == null ? null : Number(value));

/** @throws Error if this Node.js has no SQLite. */
function sqliteOfNode(): typeof import('node:sqlite') {
  const { emitWarning } = process;
  // It has worked the same since 22.13. The warning that it is experimental would be in every log.
  process.emitWarning = () => {};
  try {
    const sqlite = process.getBuiltinModule?.('node:sqlite');
    if (sqlite) return sqlite;
  } finally {
    process.emitWarning = emitWarning;
  }
  throw new Error(
    `The SQLite store needs Node.js 22.13 or later, and this is ${process.version}. Next: install Node.js 24 and start again.`,
  );
}

/** @throws Error if the file was written by a newer version of this server, or is not a database. */
function migrate(database: DatabaseSync, file: string): void {
  database.exec('BEGIN IMMEDIATE');
  const { user_version: version } = database.prepare('PRAGMA user_version').get() as { user_version: number };
  if (version > migrations.length)
    throw new Error(
      `${file} was written by a newer version of this server (${version}). Next: start that one.`,
    );
  for (const step of migrations.slice(version)) database.exec(step);
  database.exec(`PRAGMA user_version = ${migrations.length}; COMMIT`);
}

export class SqliteTodos implements TodoStore {
  readonly #database: DatabaseSync;
  readonly #statements: { readonly [Name in keyof typeof queries]: StatementSync };

  /**
   * @param file is created, with its folder, if it does not exist; `:memory:` is a database for a test.
   * @throws Error if the file cannot be used.
   */
  constructor(file: string) {
    const { DatabaseSync } = sqliteOfNode();
    if (file !== ':memory:') {
      mkdirSync(dirname(file), { recursive: true });
      // A new file is for this user alone. Those that SQLite puts beside it get the same mode.
      closeSync(openSync(file, 'a', 0o600));
    }
    this.#database = new DatabaseSync(file);
    // FULL: what was answered is on the disk, and survives a crash of the process and a power failure.
    this.#database.exec('PRAGMA busy_timeout = 5000; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL');
    this.#database.exec('PRAGMA foreign_keys = ON; PRAGMA trusted_schema = OFF');
    migrate(this.#database, file);
    const prepared = Object.entries(queries).map(([name, sql]) => [name, this.#database.prepare(sql)]);
    this.#statements = Object.fromEntries(prepared);
  }

  async create(owner: string, title: string, description: string | null): Promise<Todo> {
    return this.#transaction(() => {
      const counted = this.#statements.count.get({ owner }) as { created: number } | undefined;
      if (!counted) throw noRoom();
      const values = { owner, place: counted.created, id: randomUUID(), title, description };
      return todoOf(this.#statements.insert.get(values) as unknown as Row);
    });
  }

  async list(owner: string, { completed, after, limit }: ListOptions): Promise<readonly Placed[]> {
    const values = { owner, after, limit };
    const rows =
      completed == null
        ? this.#statements.list.all(values)
        : this.#statements.listCompleted.all({ ...values, completed: flag(completed) });
    return (rows as unknown as Row[]).map((row) => ({ todo: todoOf(row), place: row.place }));
  }

  async get(owner: string, id: string): Promise<Todo | undefined> {
    const row = this.#statements.get.get({ owner, id }) as unknown as Row | undefined;
    return row && todoOf(row);
  }

  async update(owner: string, id: string, changes: TodoChanges): Promise<Todo | undefined> {
    const { title = null, description = null, completed } = changes;
    const values = { owner, id, title, description, completed: flag(completed) };
    const row = this.#statements.update.get(values) as unknown as Row | undefined;
    return row && todoOf(row);
  }

  async delete(owner: string, id: string): Promise<boolean> {
    return this.#transaction(() => {
      const isGone = Number(this.#statements.delete.run({ owner, id }).changes) === 1;
      if (isGone) this.#statements.discount.run({ owner });
      return isGone;
    });
  }

  async close(): Promise<void> {
    this.#database.close();
  }

  /** Both writes or neither, even if the process is killed in between. */
  #transaction<T>(write: () => T): T {
    this.#database.exec('BEGIN IMMEDIATE');
    try {
      const result = write();
      this.#database.exec('COMMIT');
      return result;
    } catch (error) {
      this.#rollBack();
      throw error;
    }
  }

  #rollBack(): void {
    try {
      this.#database.exec('ROLLBACK');
    } catch {
      // After some errors, such as a full disk, SQLite has already rolled back by itself.
    }
  }
}
