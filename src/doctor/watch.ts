import { watch } from 'node:fs';
import { join } from 'node:path';
import { initialize } from './gather/server.ts';
import { type Answer, probe } from './probe.ts';

/** What the doctor looks at again when it changes. */
export interface Watched {
  readonly directory: string;
  /** The server's endpoint and what it answered last, where they are known. */
  readonly server: { readonly endpoint: string; readonly answer: Answer } | undefined;
  readonly signal: AbortSignal;
}

const watchedFiles: ReadonlySet<string> = new Set([
  '.env',
  '.env.local',
  'package.json',
  'pyproject.toml',
  'requirements.txt',
  '.mcp.json',
  'scalekit-doctor.json',
]);

const watchedFolders = ['', 'src'];

/** How often a server is asked whether it has come, gone or changed, in milliseconds. */
const interval = 1000;

/** What tells one state of a server from another. */
function stateOf(answer: Answer): string {
  return answer.answered ? String(answer.status) : answer.failure;
}

/** Asks until the server's state is another one than it was. */
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
  // Only the end of the waiting makes a question fail.
  void ask().catch(() => {});
}

/** Editors write a file in several steps: a change counts when it has been quiet for this long, in milliseconds. */
const settling = 100;

function filesChanged(directory: string, signal: AbortSignal, changed: () => void): void {
  let timer: NodeJS.Timeout | undefined;
  for (const folder of watchedFolders) {
    try {
      const watcher = watch(join(directory, folder), { signal }, (_event, file) => {
        if (folder === '' && !watchedFiles.has(file ?? '')) return;
        clearTimeout(timer);
        timer = setTimeout(changed, settling);
      });
      watcher.on('error', () => {});
    } catch {
      // There is no such folder in this project.
    }
  }
}

/**
 * Waits for a change of the settings, the source or the server.
 * @throws what aborted the signal.
 */
export async function untilChanged({ directory, server, signal }: Watched): Promise<void> {
  const waiting = new AbortController();
  const either = AbortSignal.any([signal, waiting.signal]);
  // Watchers do not keep the process alive long enough on every system; this does, until it is over.
  const keepAlive = setInterval(() => {}, 60_000);
  try {
    await new Promise<void>((resolve, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason), { once: true });
      filesChanged(directory, either, resolve);
      if (server !== undefined) serverChanged(server, either, resolve);
    });
  } finally {
    clearInterval(keepAlive);
    waiting.abort();
  }
}
