import { randomUUID } from 'node:crypto';
import { readFile, rename, rm } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { systemCode } from '../terminal/errors.ts';
import { createPrivateFile } from './private-files.ts';

/** Whose lock it is. */
interface Holder {
  readonly id: string;
  readonly host: string;
  readonly pid: number;
  /** Milliseconds since 1970. */
  readonly since: number;
}

/** Longer than any program holds a lock, in ms: an older one belongs to a program that has ended. */
const longest = 60_000;
/** How often to check, in ms. */
const interval = 25;

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // The process belongs to another user, but it exists.
    return systemCode(error) === 'EPERM';
  }
}

function isAbandoned({ host, pid, since }: Holder): boolean {
  const age = Date.now() - since;
  return age > longest || age < -longest || (host === hostname() && !isAlive(pid));
}

async function holderOf(path: string): Promise<Holder | undefined> {
  const text = await readFile(path, 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text) as Holder;
  } catch {
    // Locks are written whole or not at all, so this one is nobody's.
    return { id: text, host: '', pid: 0, since: 0 };
  }
}

/** Removes a lock that nobody holds any more. If another program has taken it in the meantime, its lock is put back. */
async function breakLock(directory: string, name: string, { id }: Holder): Promise<void> {
  const aside = `${join(directory, name)}.${randomUUID()}`;
  try {
    await rename(join(directory, name), aside);
  } catch {
    return;
  }
  const taken = await holderOf(aside);
  await rm(aside, { force: true });
  if (taken !== undefined && taken.id !== id) await createPrivateFile(directory, name, taken);
}

/**
 * Runs something while no other program of this person does the same, by a lock file, which is ignored once its owner
 * has ended.
 * @param directory created if it is missing.
 * @throws what `run` throws; what aborted the signal while it waited.
 */
export async function withFileLock<T>(
  directory: string,
  name: string,
  signal: AbortSignal,
  run: () => Promise<T>,
): Promise<T> {
  const path = join(directory, name);
  const own: Holder = { id: randomUUID(), host: hostname(), pid: process.pid, since: Date.now() };
  while (!(await createPrivateFile(directory, name, { ...own, since: Date.now() }))) {
    const holder = await holderOf(path);
    if (holder !== undefined && isAbandoned(holder)) await breakLock(directory, name, holder);
    else await delay(interval, undefined, { signal });
  }
  try {
    return await run();
  } finally {
    if ((await holderOf(path))?.id === own.id) await rm(path, { force: true });
  }
}
