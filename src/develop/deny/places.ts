import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { packageManager, packageManagerOf } from '../../project/package-manager.ts';
import {
  checkRedisUrl,
  denialLine,
  denialsKey,
  liftedDenialsStay,
  maskSecrets,
} from '../../scalekit/index.ts';
import { systemCode, UserError } from '../../terminal/errors.ts';

/** The places where servers read the deny list: DENY_FILE, REDIS_URL (docs/revocation.md). */

export interface Denial {
  readonly id: string;
  /** In ms since 1970; a time in the past lifts the denial. */
  readonly until: number;
}

/** One place. */
export interface Place {
  /** For display, without a password. */
  readonly name: string;
  write(denial: Denial): Promise<void>;
}

/** Only appends a line: the file may be open elsewhere, or mounted, and its owner's lines have to stay. */
export function filePlace(directory: string, file: string): Place {
  const path = resolve(directory, file);
  return {
    name: file,
    async write({ id, until }) {
      try {
        const before = existsSync(path) ? readFileSync(path, 'utf8') : '';
        const start = before === '' || before.endsWith('\n') ? '' : '\n';
        appendFileSync(path, `${start}${denialLine(id, until)}\n`);
      } catch (error) {
        const code = systemCode(error);
        if (code === undefined) throw error;
        throw new UserError(`DENY_FILE ${file} cannot be written (${code}).`, { code: 'deny/file' });
      }
    },
  };
}

/** The parts of ioredis that are used. */
interface Redis {
  connect(): Promise<void>;
  zadd(key: string, score: number, member: string): Promise<unknown>;
  zremrangebyscore(key: string, from: string, to: string): Promise<unknown>;
  on(event: 'error', listener: (error: Error) => void): unknown;
  disconnect(): void;
}

/** The client is the project's own, as for its server. @throws UserError with the command that installs it. */
function clientOf(directory: string): new (url: string, options: object) => Redis {
  try {
    return createRequire(join(directory, 'package.json'))('ioredis').Redis;
  } catch (error) {
    if (systemCode(error) !== 'MODULE_NOT_FOUND') throw error;
    const { name } = packageManager(packageManagerOf(directory) ?? 'npm');
    throw new UserError('REDIS_URL is set, and the Redis client is not installed here.', {
      code: 'deny/redis-client',
      next: `${name} ${name === 'npm' ? 'install' : 'add'} ioredis`,
    });
  }
}

/** In ms. */
const patience = 5000;

/** @throws UserError if the URL is wrong, or the client is not installed. */
export function redisPlace(directory: string, url: string, resourceId: string): Place {
  const checked = checkRedisUrl(url);
  if (!checked.ok) {
    const { code, reason, actual, expected } = checked.problem;
    throw new UserError(`REDIS_URL: ${reason} (${actual}). Expected: ${expected}`, { code });
  }
  const Client = clientOf(directory);
  const name = maskSecrets(url);
  const key = denialsKey(resourceId);
  return {
    name,
    async write({ id, until }) {
      const redis = new Client(checked.value, {
        lazyConnect: true,
        connectTimeout: patience,
        commandTimeout: patience,
        retryStrategy: () => null,
      });
      // The command's own error only says that the connection is closed.
      let cause: Error | undefined;
      redis.on('error', (error) => {
        cause ??= error;
      });
      try {
        await redis.connect();
        await redis.zremrangebyscore(key, '-inf', String(Date.now() - liftedDenialsStay));
        await redis.zadd(key, until, id);
      } catch (error) {
        const { message } = cause ?? (error as Error);
        throw new UserError(`Redis at ${name} has not taken it: ${maskSecrets(message)}`, {
          code: 'deny/redis',
        });
      } finally {
        redis.disconnect();
      }
    },
  };
}
