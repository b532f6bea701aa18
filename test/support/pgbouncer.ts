import { spawnSync } from 'node:child_process';
import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Need } from './needs.ts';
import { freePort, isTaken } from './ports.ts';
import { Program } from './program.ts';
import { makeDirectory, removeDirectory } from './temporary.ts';
import { until } from './waiting.ts';

/** PgBouncer, as Debian's package brings it. */
const command = ['/usr/sbin/pgbouncer', 'pgbouncer'].find(
  (each) => spawnSync(each, ['--version']).status === 0,
);

export const pgbouncerNeed: Need = {
  what: 'PgBouncer',
  present: command !== undefined,
  install: 'apt-get install pgbouncer',
};

/** A pool in front of a Postgres, in transaction mode. */
export interface PgBouncer {
  /** `postgres://…`, of the same role and database as the one behind. */
  readonly url: string;
  stop(): Promise<void>;
}

/**
 * Starts one on a free port.
 * @param url of the database behind.
 * @param connections how many it has to Postgres: fewer than its clients have to it.
 */
export async function startPgBouncer(url: string, connections: number): Promise<PgBouncer> {
  const { hostname, port, pathname, username, password } = new URL(url);
  const directory = await makeDirectory('pgbouncer');
  const own = await freePort();
  const users = join(directory, 'users.txt');
  await writeFile(users, `"${username}" "${password}"\n`);
  const file = join(directory, 'pgbouncer.ini');
  const lines = [
    '[databases]',
    `${pathname.slice(1)} = host=${hostname} port=${port}`,
    '[pgbouncer]',
    'listen_addr = 127.0.0.1',
    `listen_port = ${own}`,
    'unix_socket_dir =',
    'auth_type = plain',
    `auth_file = ${users}`,
    'pool_mode = transaction',
    `default_pool_size = ${connections}`,
  ];
  await writeFile(file, `${lines.join('\n')}\n`);
  for (const path of [directory, users, file]) await chmod(path, 0o755);
  // It refuses to run as root.
  const isRoot = process.getuid?.() === 0;
  const program = new Program(command ?? '', [file], isRoot ? { uid: 65_534, gid: 65_534 } : {});
  const stop = async () => {
    await program.kill();
    await removeDirectory(directory);
  };
  try {
    await until('PgBouncer listens', async () => {
      if (!program.running) throw new Error(program.output);
      return await isTaken(own);
    });
  } catch (error) {
    await stop();
    throw error;
  }
  return { url: `postgres://${username}:${password}@127.0.0.1:${own}${pathname}`, stop };
}
