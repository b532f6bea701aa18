import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import type { Project } from '../project/layout.ts';
import { answers } from '../project/ports.ts';

export interface ServerEvents {
  /** A line that the server has written. */
  readonly onLine: (line: string, stream: 'stdout' | 'stderr') => void;
  /** The server has ended without being asked to; all of its lines have been handed over. */
  readonly onCrash: (how: string) => void;
}

/**
 * Loaded into the server before its own code: when we are gone, however violently (the pipe between us breaks), the
 * server ends too, and does not keep its port for ever.
 */
const endWithParent = `data:text/javascript,${encodeURIComponent(`
  process.once('disconnect', () => {
    process.kill(process.pid, 'SIGTERM');
    setTimeout(() => process.kill(process.pid, 'SIGKILL'), 3000).unref();
  });
  process.channel?.unref();
`)}`;

/** The project's server as a child process: at most one at a time. */
export class ServerProcess {
  readonly #project: Project;
  readonly #events: ServerEvents;
  #child: ChildProcess | undefined;

  constructor(project: Project, events: ServerEvents) {
    this.#project = project;
    this.#events = events;
  }

  get running(): boolean {
    return this.#child !== undefined;
  }

  /** Starts the server; the one before must have been stopped. */
  start(env: Readonly<Record<string, string | undefined>>): void {
    const child = spawn(
      process.execPath,
      ['--import', endWithParent, '--enable-source-maps', this.#project.entry],
      {
        cwd: this.#project.directory,
        env: { ...env },
        stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
        windowsHide: true,
      },
    );
    this.#child = child;
    for (const stream of ['stdout', 'stderr'] as const) {
      const input = child[stream];
      if (input) createInterface({ input }).on('line', (line) => this.#events.onLine(line, stream));
    }
    child.once('error', (error) => this.#ended(child, error.message));
    child.once('close', (code, signal) =>
      this.#ended(child, signal === null ? `with exit code ${code}` : `by ${signal}`),
    );
  }

  #ended(child: ChildProcess, how: string): void {
    if (this.#child !== child) return;
    this.#child = undefined;
    this.#events.onCrash(how);
  }

  /**
   * Waits until the server that was started last accepts connections.
   * @returns false when it ended, was replaced, or took longer than the patience (ms).
   */
  async ready(port: number, patience: number): Promise<boolean> {
    const child = this.#child;
    const deadline = performance.now() + patience;
    while (child !== undefined && this.#child === child && performance.now() < deadline) {
      if (await answers(port)) return this.#child === child;
      await delay(10);
    }
    return false;
  }

  /** Ends the server: SIGTERM, and SIGKILL when it has not ended after the grace (ms). */
  async stop(grace: number): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (child?.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const exit = once(child, 'exit');
    child.kill('SIGTERM');
    const patience = new AbortController();
    await Promise.race([exit, delay(grace, undefined, { signal: patience.signal }).catch(() => {})]);
    patience.abort();
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGKILL');
    await exit;
  }
}
