import { setTimeout as delay } from 'node:timers/promises';
import type { Project } from '../project/layout.ts';
import { isListening } from '../project/ports.ts';
import type { RunningProgram, StartOptions } from '../project/programs.ts';
import { runServer } from '../project/run-server.ts';

export interface ServerEvents {
  /** A line that the server has written. */
  readonly onLine: NonNullable<StartOptions['onLine']>;
  /** The server has ended unasked, after all of its lines were passed on. */
  readonly onCrash: (how: string) => void;
}

/** The project's server as a separate process: at most one at a time. */
export class ServerProcess {
  readonly #project: Project;
  readonly #events: ServerEvents;
  #program: RunningProgram | undefined;

  constructor(project: Project, events: ServerEvents) {
    this.#project = project;
    this.#events = events;
  }

  get running(): boolean {
    return this.#program !== undefined;
  }

  /** Starts the server; the one before must have been stopped. */
  start(env: Readonly<Record<string, string | undefined>>): void {
    const program = runServer(this.#project, { env, onLine: this.#events.onLine });
    this.#program = program;
    void program.ended.then(({ exitCode, signal }) => {
      if (this.#program !== program) return;
      this.#program = undefined;
      this.#events.onCrash(signal === undefined ? `with exit code ${exitCode}` : `by ${signal}`);
    });
  }

  /**
   * Waits until the server that was started last accepts connections.
   * @returns false when it ended, was replaced, or took longer than the patience (ms).
   */
  async ready(port: number, patience: number): Promise<boolean> {
    const program = this.#program;
    const deadline = performance.now() + patience;
    while (program !== undefined && this.#program === program && performance.now() < deadline) {
      if (await isListening(port)) return this.#program === program;
      await delay(10);
    }
    return false;
  }

  /** Ends the server: SIGTERM, and SIGKILL when it has not ended after the grace (ms). */
  async stop(grace: number): Promise<void> {
    const program = this.#program;
    this.#program = undefined;
    await program?.stop(grace);
  }
}
