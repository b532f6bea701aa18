import { spawnSync } from 'node:child_process';
import type { Need } from './needs.ts';
import { freePort, isTaken } from './ports.ts';
import { Program } from './program.ts';
import { until } from './waiting.ts';

/** What tests with a real Redis need. */
export const redisNeed: Need = {
  what: 'redis-server',
  present: spawnSync('redis-server', ['--version']).status === 0,
  install: 'apt-get install redis-server',
};

/** A Redis server started by a test, which keeps nothing on disk. */
export interface RedisServer {
  readonly url: string;
  /** Ends it, at once. */
  kill(): Promise<void>;
}

/** @param port default: a free one. */
export async function startRedis(port?: number): Promise<RedisServer> {
  const own = port ?? (await freePort());
  const args = ['--port', String(own), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'];
  const program = new Program('redis-server', [...args, '--daemonize', 'no']);
  await until(`Redis at port ${own}`, () => isTaken(own));
  return { url: `redis://127.0.0.1:${own}`, kill: () => program.kill() };
}
