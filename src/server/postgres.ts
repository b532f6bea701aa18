// Postgres, for limits that replicas share without a Redis. Its client is an optional peer, loaded only if it is used.

/** The parts of a connection pool that are used. */
interface Pool {
  query(text: string, values?: readonly unknown[]): Promise<{ rows: ReadonlyArray<Record<string, unknown>> }>;
  on(event: 'error', listener: () => void): unknown;
  on(event: 'connect', listener: (client: Pick<Pool, 'on'>) => void): unknown;
  end(): Promise<void>;
}

interface PostgresModule {
  readonly Pool: new (options: object) => Pool;
}

/**
 * @param patience how long a query, or a new connection, may take, in ms.
 * @returns a small pool, which opens its connections when they are needed, and new ones for those that were lost.
 * @throws Error with the command that installs the client, if it is missing.
 */
export async function openPostgres(url: string, patience: number): Promise<Pool> {
  const { Pool } = await loadClient();
  const pool = new Pool({
    connectionString: url,
    application_name: 'scalekit-mcp-server',
    max: 3,
    connectionTimeoutMillis: patience,
    query_timeout: patience,
    keepAlive: true,
  });
  // Without listeners a lost connection would end the process. Queries fail, and say so.
  pool.on('error', () => {});
  pool.on('connect', (client) => client.on('error', () => {}));
  return pool;
}

async function loadClient(): Promise<PostgresModule> {
  try {
    // Written out, so that it gets into the bundle of a server that has it installed.
    // biome-ignore lint/suspicious/noTsIgnore: it is an error only where the client is not installed.
    // @ts-ignore
    const module = (await import('pg')) as unknown as PostgresModule & { readonly default: PostgresModule };
    return module.default;
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code !== 'ERR_MODULE_NOT_FOUND' && code !== 'MODULE_NOT_FOUND') throw cause;
    throw new Error('the Postgres client is not installed: npm install pg', { cause });
  }
}
