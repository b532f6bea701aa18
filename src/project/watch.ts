import { type FSWatcher, readdirSync, statSync, watch } from 'node:fs';
import { join, sep } from 'node:path';

/** Files that were saved together. */
export interface Changes {
  /** Paths below the project's directory. */
  readonly files: readonly string[];
  /** When the first change was noticed, by `performance.now()`. */
  readonly since: number;
}

/** An editor may save several files, or one in several steps: a save is complete after this long without events, in ms. */
const quiet = 25;

/**
 * How often to scan without an event, in ms: shared folders of containers and networks send none. Scanning takes at most a
 * fiftieth of the time, however large the project is.
 */
const scanInterval = 1000;
const scanShare = 50;

/**
 * @returns whether a file or folder is watched.
 * @param path below the project's directory.
 */
export type IsWatched = (path: string, isDirectory: boolean) => boolean;

/**
 * Watches a project, by default what its server is built from: its sources, their configuration and `.env`.
 * @returns the changes from now on, collected until they are read; the iteration ends when the signal aborts.
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
  // pytest finds them by these names, and no server loads them.
  if (/^(?:test_.*|conftest)\.py$/.test(name)) return false;
  if (name.startsWith('.') || name === 'node_modules' || name === '__pycache__' || path === 'dist')
    return false;
  return isDirectory || (/\.(?:[cm]?tsx?|py|json)$/.test(name) && name !== 'package-lock.json');
};

/**
 * The operating system's events only say where to look; what changed is found by comparing files. So a lost, duplicate or
 * early event costs time at most, and no save is missed.
 */
class Watcher implements AsyncIterable<Changes> {
  readonly #directory: string;
  readonly #isWatched: IsWatched;
  /** By folder; a folder that was replaced by another of the same name (a new inode) is watched again. */
  readonly #watchers = new Map<string, { readonly watcher: FSWatcher; readonly inode: number }>();
  /** Files at the last scan: a path, with its modification time and size. */
  #seen: ReadonlyMap<string, string>;
  readonly #changed = new Set<string>();
  #since = 0;
  #ended = false;
  #settling: NodeJS.Timeout | undefined;
  #scanTimer: NodeJS.Timeout | undefined;
  #wake: () => void = () => {};

  constructor(directory: string, isWatched: IsWatched) {
    this.#directory = directory;
    this.#isWatched = isWatched;
    this.#seen = this.#look();
    this.#scheduleScan(0);
  }

  end(): void {
    this.#ended = true;
    clearTimeout(this.#settling);
    clearTimeout(this.#scanTimer);
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

  /** Scans once no more events arrive. */
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

  #scheduleScan(cost: number): void {
    this.#scanTimer = setTimeout(
      () => {
        const started = performance.now();
        this.#compare();
        if (this.#changed.size > 0) this.#settle();
        this.#scheduleScan(performance.now() - started);
      },
      Math.max(scanInterval, cost * scanShare),
    ).unref();
  }

  /** Scans all files, starts to watch new folders, and stops watching those that are gone. */
  #look(): Map<string, string> {
    const files = new Map<string, string>();
    // Grows while the loop runs.
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
      // Watched before it is read, so that no change is missed in between.
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
        // A file that is written twice within the clock's resolution, at the same length, looks unchanged: trust the event.
        if (this.#seen.has(file)) this.#note(file);
        this.#settle();
      });
      watcher.on('error', () => this.#unwatch(folder));
      this.#watchers.set(folder, { watcher, inode });
    } catch {
      // The system has no watchers left (ENOSPC, EMFILE): the regular scan finds changes here.
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
