import { type FSWatcher, readdirSync, statSync, watch } from 'node:fs';
import { join, sep } from 'node:path';

/** What was saved together. */
export interface Changes {
  /** Paths below the project's directory. */
  readonly files: readonly string[];
  /** When the first of them was noticed, as `performance.now()` says it. */
  readonly since: number;
}

/** An editor that saves several files, or one in several steps, is done when nothing has happened for this long, in ms. */
const quiet = 25;

/**
 * How often to look without having been told, in ms: shared folders of containers and networks tell nothing. Looking
 * takes at most a fiftieth of the time, however large the project is.
 */
const patrol = 1000;
const patrolShare = 50;

/**
 * Which files and folders are watched.
 * @param path below the project's directory.
 */
export type IsWatched = (path: string, isDirectory: boolean) => boolean;

/**
 * Watches a project, by default what its server is made of: its sources, their configuration and `.env`.
 * @returns the changes from now on, collected while nobody asks for them; the iteration ends when the signal aborts.
 */
export function watchProject(
  directory: string,
  signal: AbortSignal,
  isWatched: IsWatched = isOfServer,
): AsyncIterable<Changes> {
  const watcher = new Watcher(directory, isWatched);
  signal.addEventListener('abort', () => watcher.end());
  return watcher;
}

const isOfServer: IsWatched = (path, isDirectory) => {
  if (path === '.env') return true;
  const name = path.slice(path.lastIndexOf(sep) + 1);
  if (name.startsWith('.') || name === 'node_modules' || path === 'dist') return false;
  return isDirectory || (/\.(?:[cm]?tsx?|json)$/.test(name) && name !== 'package-lock.json');
};

/**
 * The operating system only says where to look; what changed is found by comparing files. So an event that is lost,
 * doubled or early costs some time at most: no save is missed.
 */
class Watcher implements AsyncIterable<Changes> {
  readonly #directory: string;
  readonly #isWatched: IsWatched;
  /** By folder; a folder that was replaced by another of its name (`inode`) is watched anew. */
  readonly #watchers = new Map<string, { readonly watcher: FSWatcher; readonly inode: number }>();
  /** What was there at the last look: path, and when and how large it was written. */
  #seen: ReadonlyMap<string, string>;
  readonly #changed = new Set<string>();
  #since = 0;
  #ended = false;
  #settling: NodeJS.Timeout | undefined;
  #patrol: NodeJS.Timeout | undefined;
  #wake: () => void = () => {};

  constructor(directory: string, isWatched: IsWatched) {
    this.#directory = directory;
    this.#isWatched = isWatched;
    this.#seen = this.#look();
    this.#schedulePatrol(0);
  }

  end(): void {
    this.#ended = true;
    clearTimeout(this.#settling);
    clearTimeout(this.#patrol);
    for (const { watcher } of this.#watchers.values()) watcher.close();
    this.#wake();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Changes> {
    while (!this.#ended) {
      if (this.#changed.size > 0 && this.#settling === undefined) yield this.#take();
      else
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
    }
  }

  #take(): Changes {
    const files = [...this.#changed].sort();
    this.#changed.clear();
    return { files, since: this.#since };
  }

  #note(path: string): void {
    if (this.#changed.size === 0) this.#since = performance.now();
    this.#changed.add(path);
  }

  /** Something happened: looks when it is over. */
  #settle(): void {
    clearTimeout(this.#settling);
    this.#settling = setTimeout(() => {
      this.#settling = undefined;
      this.#compare();
      this.#wake();
    }, quiet);
  }

  #compare(): void {
    const now = this.#look();
    for (const [path, stamp] of now) if (this.#seen.get(path) !== stamp) this.#note(path);
    for (const path of this.#seen.keys()) if (!now.has(path)) this.#note(path);
    this.#seen = now;
  }

  #schedulePatrol(cost: number): void {
    this.#patrol = setTimeout(
      () => {
        const started = performance.now();
        this.#compare();
        if (this.#changed.size > 0) this.#settle();
        this.#schedulePatrol(performance.now() - started);
      },
      Math.max(patrol, cost * patrolShare),
    ).unref();
  }

  /** Looks at all files, watches the folders that are new, and no longer those that are gone. */
  #look(): Map<string, string> {
    const files = new Map<string, string>();
    // Grows during the loop.
    const folders = new Set(['']);
    for (const folder of folders) {
      for (const entry of this.#entries(folder)) {
        const path = join(folder, entry.name);
        if (!this.#isWatched(path, entry.isDirectory())) continue;
        if (entry.isDirectory()) folders.add(path);
        else files.set(path, this.#stamp(path));
      }
    }
    for (const folder of this.#watchers.keys()) if (!folders.has(folder)) this.#unwatch(folder);
    return files;
  }

  #entries(folder: string) {
    const path = join(this.#directory, folder);
    try {
      // Watched before it is read, so that no change slips through in between.
      this.#watch(folder, path, statSync(path).ino);
      return readdirSync(path, { withFileTypes: true });
    } catch {
      // It has gone in the meantime.
      return [];
    }
  }

  #watch(folder: string, path: string, inode: number): void {
    if (this.#watchers.get(folder)?.inode === inode) return;
    this.#unwatch(folder);
    try {
      const watcher = watch(path, (_event, name) => {
        const file = name === null ? '' : join(folder, name);
        // Written twice within the clock's step and at the same length, a file looks unchanged: the event says more.
        if (this.#seen.has(file)) this.#note(file);
        this.#settle();
      });
      watcher.on('error', () => this.#unwatch(folder));
      this.#watchers.set(folder, { watcher, inode });
    } catch {
      // The system has no watchers left (ENOSPC, EMFILE): the regular look finds changes here.
    }
  }

  #unwatch(folder: string): void {
    this.#watchers.get(folder)?.watcher.close();
    this.#watchers.delete(folder);
  }

  #stamp(path: string): string {
    try {
      const { mtimeMs, size, ino } = statSync(join(this.#directory, path));
      return `${mtimeMs} ${size} ${ino}`;
    } catch {
      return '';
    }
  }
}
