// Where the deny list comes from: a file that is checked every second, a sorted set in Redis that is read every two.
import { readFile, stat } from 'node:fs/promises';
import { type Denials, denialsKey, liftedDenialsStay, parseDenials } from '../scalekit/deny-list.ts';
import type { DenyList, DenyOptions } from './deny-list.ts';
import type { Log } from './log.ts';
import { openRedis, type Redis } from './redis.ts';

/** In ms. Including the time for reading, a denial takes effect within 5 seconds. */
const lookEvery = { file: 1000, redis: 2000 };
/** In ms. A file that changed this recently may change again without a new time stamp. */
const stampCertainty = 3000;
/** In ms. How long the start waits for the first reading. */
const patience = 3000;

/** In ms. After a longer suspension, as on serverless hosts, the list is read again before anybody is let in. */
const staleAfter = 5000;

/** Where the deny list is, and which server it belongs to. */
export interface DenySources extends DenyOptions {
  readonly resourceId: string;
}

/** A deny list that is read again and again. */
export interface Following {
  /** Whether the last attempt to read it is recent enough. */
  readonly isFresh: boolean;
  /** Reads again, and waits for it. */
  freshen(): Promise<void>;
  /** Ends the reading. */
  end(): void;
}

/** Something that is read again and again. */
interface Source {
  read(): Promise<void>;
  readonly every: number;
  close?(): void;
}

/**
 * Reads the deny list, and keeps reading it. A source that can no longer be read stays as it was last read, and the log says so.
 * @throws Error if the Redis client is not installed.
 */
export async function followDenials(
  list: DenyList,
  { file, redisUrl, resourceId }: DenySources,
  log: Log,
): Promise<Following> {
  const sources: Source[] = [];
  if (file !== undefined) sources.push(fileSource(list, file, log));
  if (redisUrl !== undefined)
    sources.push(redisSource(list, await openRedis(redisUrl), denialsKey(resourceId)));
  const polls = sources.map((source) => poll(source, log));
  const late = new Promise((resolve) => setTimeout(resolve, patience).unref());
  await Promise.race([Promise.all(polls.map(({ first }) => first)), late]);
  return {
    get isFresh() {
      return polls.every(({ isFresh }) => isFresh);
    },
    async freshen() {
      await Promise.all(polls.map(({ freshen }) => freshen()));
    },
    end() {
      for (const { end } of polls) end();
    },
  };
}

/** Never reads twice at the same time. A series of failures takes two lines in the log: its start and its end. */
function poll(source: Source, log: Log): Following & { readonly first: Promise<void> } {
  let timer: NodeJS.Timeout | undefined;
  let lookedAt = Date.now();
  let looking: Promise<void> | undefined;
  let isFailing = false;
  let isOver = false;
  const look = async () => {
    try {
      await source.read();
      if (isFailing) log('info', 'deny_list_available');
      isFailing = false;
    } catch (error) {
      const { message } = error as Error;
      if (!isFailing && !isOver) log('error', 'deny_list_unavailable', { message });
      isFailing = true;
    }
    lookedAt = Date.now();
    looking = undefined;
    if (!isOver) timer = setTimeout(next, source.every).unref();
  };
  const next = () => {
    clearTimeout(timer);
    looking ??= look();
    return looking;
  };
  return {
    first: next(),
    get isFresh() {
      return Date.now() - lookedAt <= staleAfter;
    },
    freshen: next,
    end() {
      isOver = true;
      clearTimeout(timer);
      source.close?.();
    },
  };
}

/**
 * Polls, because file watching does not work on network drives, nor when Kubernetes replaces a file. A file that has just changed
 * may be empty or half written: until that is certain, whoever it no longer names stays denied.
 */
function fileSource(list: DenyList, path: string, log: Log): Source {
  let known: string | undefined;
  let last: Denials = new Map();
  list.expect(path);
  return {
    every: lookEvery.file,
    async read() {
      const found = await stat(path).catch((error: NodeJS.ErrnoException) => {
        if (known !== undefined || error.code !== 'ENOENT') throw error;
      });
      if (found === undefined) {
        if (!list.has(path)) log('warn', 'deny_file_missing', { message: missing(path) });
        return list.replace(path, new Map());
      }
      const { mtimeMs, size, ino } = found;
      const stamp = `${mtimeMs} ${size} ${ino}`;
      if (stamp === known) return;
      const { denials, wrong } = parseDenials(await readFile(path, 'utf8'));
      const isCertain = Date.now() - mtimeMs > stampCertainty;
      // The last line of a file that is being written may not be whole yet.
      if (wrong.length > 0 && isCertain) {
        const message = `DENY_FILE has lines that mean nothing: ${wrong.slice(0, 10).join(', ')}. Expected: an id and a time, such as usr_1 2026-12-01T12:00:00Z`;
        log('error', 'deny_file_lines', { message });
      }
      last = isCertain ? denials : new Map([...last, ...denials]);
      list.replace(path, last);
      known = isCertain ? stamp : '';
    },
  };
}

const missing = (path: string) =>
  `DENY_FILE names \`${path}\`, which is not there: nobody is denied until it is. \`scalekit-mcp deny\` makes it.`;

/** A score of `+inf`, which people set by hand, comes back as `inf`. */
function timeIn(score = ''): number {
  return score === 'inf' ? Number.POSITIVE_INFINITY : Number(score);
}

/**
 * What Redis no longer has is still denied until its time is over, so that a Redis that comes back empty lets nobody in. A denial
 * that is lifted stays in the set for a while, with a time in the past.
 */
function redisSource(list: DenyList, redis: Redis, key: string): Source {
  const known = new Map<string, number>();
  list.expect('redis');
  return {
    every: lookEvery.redis,
    async read() {
      const since = Date.now() - liftedDenialsStay;
      const found = await redis.zrangebyscore(key, String(since), '+inf', 'WITHSCORES');
      for (let at = 0; at < found.length; at += 2) known.set(String(found[at]), timeIn(found[at + 1]));
      for (const [id, until] of known) if (until < since) known.delete(id);
      list.replace('redis', new Map(known));
    },
    close: () => redis.disconnect(),
  };
}
