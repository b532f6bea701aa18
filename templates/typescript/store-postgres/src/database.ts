// Postgres: the connection pool, and transactions in which Postgres itself shows only one owner's rows.
import { setTimeout as pause } from 'node:timers/promises';
import { type ClientBase, type ClientConfig, Pool } from 'pg';
import { type Log, ToolError } from 'scalekit-mcp-server';
import { migrate, pendingMigrations } from './migrations.ts';

/** How long a call waits for a database that restarts, in ms. */
const patience = 10_000;

/** SET LOCAL ends with the transaction: a pooler in front of Postgres (PgBouncer) may then give the connection to others. */
const begin = `BEGIN; SET LOCAL ROLE todo_mcp_access; SET LOCAL statement_timeout = '5s';
  SET LOCAL idle_in_transaction_session_timeout = '10s'`;

/**
 * Worth another try: Postgres is starting, stopping, out of connections, or gone, or the transaction collided with another.
 * https://www.postgresql.org/docs/current/errcodes-appendix.html
 */
const passing =
  /^(?:57P0[123]|08...|53300|40001|40P01|ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN)$/;
const passingMessage =
  /^Connection terminated|^timeout exceeded when trying to connect|^Client has encountered a connection error/;

function isPassing(error: unknown): boolean {
  const { code = '', message = '' } = error as NodeJS.ErrnoException;
  return passing.test(code) || passingMessage.test(message);
}

/** Postgres answers, but does not accept this user, password or database. */
const isRefusal = (error: unknown) => /^(?:28|3D)/.test((error as NodeJS.ErrnoException).code ?? '');

const isProduction = () => process.env.NODE_ENV === 'production' || process.env.APP_ENV === 'production';

/** @returns DATABASE_URL. @throws Error if it is missing or invalid. The message leaves out its value, which has a password. */
export function databaseUrl(): string {
  const url = process.env.DATABASE_URL?.trim();
  if (!url) throw new Error('DATABASE_URL is missing. Expected: postgres://user:password@host:5432/database');
  if (/^postgres(?:ql)?:\/\//.test(url) && URL.canParse(url)) return url;
  throw new Error(
    'DATABASE_URL is not a URL that begins with postgres://. A password in it has to be percent-encoded.',
  );
}

/** `sslmode` in the URL says whether TLS is used, and which certificates are accepted. */
export function clientOptions(url: string): ClientConfig {
  return {
    connectionString: url,
    application_name: 'todo-mcp',
    connectionTimeoutMillis: 5000,
    keepAlive: true,
    // For connections that die silently. Slow queries are ended earlier, by `statement_timeout`.
    query_timeout: 15_000,
  };
}

/** Where the database is, without its password. */
function placeOf(url: string): string {
  const { hostname, port, pathname } = new URL(url);
  return `${hostname}:${port || 5432}${pathname}`;
}

export class Database {
  readonly #url: string;
  readonly #pool: Pool;
  readonly #log: Log;
  #prepared: Promise<void> | undefined;

  constructor(url: string, log: Log) {
    this.#url = url;
    this.#log = log;
    this.#pool = new Pool({ ...clientOptions(url), max: 10, idleTimeoutMillis: 30_000 });
    // Without these listeners a lost connection, as when Postgres restarts, would end this process. If a transaction uses the
    // connection, its queries fail and report the error; an idle one is only logged.
    this.#pool.on('connect', (client) => client.on('error', () => {}));
    this.#pool.on('error', ({ message }) => log('warn', 'database_connection_lost', { message }));
  }

  /**
   * Called at the start. A database that does not answer is only a warning: it may come up later, and tools wait for it.
   * Outside production, it is migrated.
   * @throws Error in production, if it is not migrated.
   */
  async open(): Promise<void> {
    try {
      await this.#prepare();
    } catch (error) {
      if (!isPassing(error) && (isProduction() || !isRefusal(error))) throw error;
      const { message, code } = error as NodeJS.ErrnoException;
      const text = `The database at ${placeOf(this.#url)} cannot be used (${message || code}): tools fail until it can. Next: start Postgres, or correct DATABASE_URL in .env.`;
      this.#log('warn', 'database_unreachable', { message: text });
    }
  }

  /**
   * Runs queries as one owner: whatever they ask for, Postgres shows and accepts only this owner's rows, and the connection
   * keeps nothing of the owner afterwards. If Postgres restarts in between, they run again from the beginning.
   * @param work gets the number of the attempt, from 1: an earlier attempt may have written its rows.
   * @throws ToolError if the database cannot be reached for some time.
   */
  async asOwner<T>(owner: string, work: (client: ClientBase, attempt: number) => Promise<T>): Promise<T> {
    const end = Date.now() + patience;
    for (let attempt = 1; ; attempt += 1) {
      try {
        await this.#prepare();
        return await this.#transaction(owner, (client) => work(client, attempt));
      } catch (error) {
        if (!isPassing(error)) throw error;
        const wait = Math.min(50 * 2 ** (attempt - 1), 1000);
        if (Date.now() + wait > end) throw this.#unreachable(error);
        await pause(wait);
      }
    }
  }

  async close(): Promise<void> {
    await this.#pool.end();
  }

  async #transaction<T>(owner: string, work: (client: ClientBase) => Promise<T>): Promise<T> {
    const client = await this.#pool.connect();
    let broken: Error | undefined;
    try {
      await client.query(begin);
      await client.query("SELECT set_config('todo_mcp.owner', $1, true)", [owner]);
      const result = await work(client);
      await client.query('COMMIT');
      return result;
    } catch (error) {
      // A connection that cannot even roll back is not used again.
      await client.query('ROLLBACK').catch((thrown: Error) => {
        broken = thrown;
      });
      throw error;
    } finally {
      client.release(broken);
    }
  }

  /** Runs once, and again only after a failure. */
  #prepare(): Promise<void> {
    this.#prepared ??= this.#checkOrMigrate().catch((error: unknown) => {
      this.#prepared = undefined;
      throw error;
    });
    return this.#prepared;
  }

  async #checkOrMigrate(): Promise<void> {
    const client = await this.#pool.connect();
    let broken: Error | undefined;
    try {
      await this.#warnOfSuperuser(client);
      if (!isProduction()) return void (await migrate(client));
      const pending = await pendingMigrations(client);
      if (pending.length === 0) return;
      throw new Error(
        `The database lacks ${pending.join(', ')}. Next: npm run migrate, or \`node dist/src/migrate.js\` in the image.`,
      );
    } catch (error) {
      broken = error as Error;
      throw error;
    } finally {
      client.release(broken);
    }
  }

  async #warnOfSuperuser(client: ClientBase): Promise<void> {
    const { rows } = await client.query(
      'SELECT rolname AS name FROM pg_roles WHERE rolname = session_user AND (rolsuper OR rolbypassrls)',
    );
    if (rows.length === 0) return;
    const message = `DATABASE_URL signs in as ${rows[0]?.name}, to whom row-level security does not apply. Next: use a role that is not a superuser; README.md has the commands.`;
    this.#log('warn', 'database_superuser', { message });
  }

  #unreachable(error: unknown): ToolError {
    const { message, code } = error as NodeJS.ErrnoException;
    this.#log('error', 'database_unreachable', { message: message || code, database: placeOf(this.#url) });
    return new ToolError('The todos cannot be reached at the moment. Try again in a minute.');
  }
}
