import { existsSync } from 'node:fs';
import { basename, join, sep } from 'node:path';
import { type IsWatched, watchProject } from '../project/watch.ts';
import { initialize } from './gather/messages.ts';
import { clientFiles } from './gather/project/clients.ts';
import { type ProbeResult, probe } from './probe.ts';

/** Waits for changes of a project's files. It collects them while nobody waits, so that none is lost between two runs. */
export interface FileWatch {
  /** Resolves with what has changed since it resolved last, as soon as something has; empty if the watching is over. */
  changed(): Promise<readonly string[]>;
}

/** Files that do not affect how a project behaves, and folders that other programs write. */
const passedOver = /^(?:node_modules|dist|build|coverage|venv|env|site-packages|__pycache__)$/;

/** Sources in any language, settings, manifests and lockfiles, what goes into an image, and vendored packages. */
const examined =
  /(?:\.(?:[cm]?[jt]sx?|py|json[c5]?|toml|ya?ml|txt|tgz|lock)|Dockerfile|^\.env(?:\..+)?|^\.gitignore)$/;

const clientFolders = clientFiles.map((file) => file.split('/').slice(0, -1).join(sep)).filter(Boolean);

/** Without a manifest this may be anybody's home folder: only the files in it, not those below. */
function isExaminedIn(directory: string): IsWatched {
  const manifests = ['package.json', 'pyproject.toml', 'requirements.txt'];
  const isProject = manifests.some((file) => existsSync(join(directory, file)));
  const files = new Set(clientFiles.map((file) => file.replaceAll('/', sep)));
  return (path, isDirectory) => {
    const name = basename(path);
    if (!isDirectory) return files.has(path) || examined.test(name);
    if (name.startsWith('.')) return clientFolders.includes(path);
    return isProject && !passedOver.test(name);
  };
}

/** Watches everything that the doctor reads in a project, until the signal aborts. */
export function watchFiles(directory: string, signal: AbortSignal): FileWatch {
  const changes = watchProject(directory, signal, isExaminedIn(directory))[Symbol.asyncIterator]();
  let next: ReturnType<typeof changes.next> | undefined;
  return {
    async changed() {
      next ??= changes.next();
      const { value, done } = await next;
      next = undefined;
      return done ? [] : value.files;
    },
  };
}

/** What makes the doctor run again when it changes. */
export interface Watched {
  readonly files: FileWatch;
  /** The server's endpoint and what it answered last, if they are known. */
  readonly server: { readonly endpoint: string; readonly answer: ProbeResult } | undefined;
  readonly signal: AbortSignal;
}

/** How often a server is asked whether it has come, gone or changed, in milliseconds. */
const interval = 1000;

/** What distinguishes one state of a server from another. */
function stateOf(answer: ProbeResult): string {
  return answer.answered ? String(answer.status) : answer.failure;
}

/** Asks until the server's state has changed. */
function serverChanged(
  { endpoint, answer }: NonNullable<Watched['server']>,
  signal: AbortSignal,
  changed: () => void,
): void {
  const request = { url: endpoint, method: 'POST', json: initialize };
  const ask = async () => {
    const now = await probe(request, { signal, milliseconds: interval });
    if (stateOf(now) !== stateOf(answer)) changed();
    else setTimeout(() => void ask().catch(() => {}), interval).unref();
  };
  // A request fails only if the waiting is over.
  void ask().catch(() => {});
}

/**
 * Waits for a change of the settings, the source, the clients' files or the server.
 * @throws what aborted the signal.
 */
export async function untilChanged({ files, server, signal }: Watched): Promise<void> {
  const waiting = new AbortController();
  const either = AbortSignal.any([signal, waiting.signal]);
  // On some systems watchers do not keep the process alive; this does, until the waiting is over.
  const keepAlive = setInterval(() => {}, 60_000);
  try {
    await new Promise<void>((resolve, reject) => {
      const interrupt = () => reject(signal.reason);
      if (signal.aborted) return interrupt();
      signal.addEventListener('abort', interrupt, { once: true });
      files.changed().then(() => resolve(), reject);
      if (server !== undefined) serverChanged(server, either, resolve);
    });
    signal.throwIfAborted();
  } finally {
    clearInterval(keepAlive);
    waiting.abort();
  }
}
