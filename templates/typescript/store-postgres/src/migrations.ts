// The SQL files of `migrations/`, each run once, in the order of their names.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { ClientBase } from 'pg';

interface Migration {
  readonly name: string;
  readonly sql: string;
}

/** The folder is beside the bundle, in `dist/src/`; for what the compiler writes, it is the one in the project's root. */
function folder(above = import.meta.dirname): string {
  const found = join(above, 'migrations');
  if (existsSync(found)) return found;
  if (above === dirname(above)) throw new Error('The folder `migrations` is missing. Next: npm run build.');
  return folder(dirname(above));
}

function migrations(): readonly Migration[] {
  const names = readdirSync(folder()).filter((name) => name.endsWith('.sql'));
  return names.toSorted().map((name) => ({ name, sql: readFileSync(join(folder(), name), 'utf8') }));
}

/** @returns the names of the files that have not run in this database yet. */
export async function pendingMigrations(client: ClientBase): Promise<readonly string[]> {
  const { rows: tables } = await client.query(
    "SELECT to_regclass('todo_mcp.migrations') IS NOT NULL AS there",
  );
  const { rows } = tables[0]?.there
    ? await client.query('SELECT name FROM todo_mcp.migrations')
    : { rows: [] };
  const taken = new Set(rows.map(({ name }) => name as string));
  return migrations().flatMap(({ name }) => (taken.has(name) ? [] : [name]));
}

/**
 * Runs what is pending, all of it or nothing. If several processes start it at once, one does it and the others wait.
 * @returns the names of the files that ran.
 */
export async function migrate(client: ClientBase): Promise<readonly string[]> {
  await client.query('BEGIN');
  try {
    // Any number will do, as long as it is always the same. The lock is released with the transaction.
    await client.query('SELECT pg_advisory_xact_lock(7120034)');
    await client.query('CREATE SCHEMA IF NOT EXISTS todo_mcp');
    await client.query(
      'CREATE TABLE IF NOT EXISTS todo_mcp.migrations (name text PRIMARY KEY, at timestamptz NOT NULL DEFAULT now())',
    );
    const pending = await pendingMigrations(client);
    for (const { name, sql } of migrations().filter((each) => pending.includes(each.name))) {
      await client.query(sql);
      await client.query('INSERT INTO todo_mcp.migrations (name) VALUES ($1)', [name]);
    }
    await client.query('COMMIT');
    return pending;
  } catch (error) {
    await client.query('ROLLBACK').catch(() => {});
    throw error;
  }
}
