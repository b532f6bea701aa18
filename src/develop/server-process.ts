import { setTimeout as delay } from 'node:timers/promises';
import type { Project } from '../project/layout.ts';
import { isListening } from '../project/ports.ts';
import type { RunningProgram, StartOptions } from '../project/programs.ts';
import { runServer } from '../project/run-server.ts';
import { held, holdingModule } from './held.ts';

type Environment = Readonly<Record<string, string | undefined>>;

export interface ServerEvents {
  /** A line that the server has written. */
  readonly onLine: NonNullable<StartOptions['onLine']>;
  /** A server has ended without being asked to; all of its lines have been handed over. */
  readonly onCrash: (how: string) => void;
}

/** A server on its way: it loads the packages, then its own code, then waits for the port. */
interface Next {
  readonly program: RunningProgram;
  /** Resolves to true when it is about to listen, to false when it has ended before. */
  readonly isLoaded: Promise<boolean>;
  hasBegun: boolean;
}

/** How long a server that is replaced may take for its open requests, in ms. */
const graceOnRestart = 1000;

/**
 * The project's server as a program of its own. The next one is made ready while it runs, and takes its place once all of its
 * code has loaded: until then the first keeps serving, and for good where the next one fails.
 */
export class ServerProcess {
  readonly #project: Project;
  readonly #events: ServerEvents;
  #current: RunningProgram | undefined;
  #next: Next | undefined;
  #hasFailed = false;
  /** Counts the replacements: a later one ends an earlier one. */
  #turn = 0;

  constructor(project: Project, events: ServerEvents) {
    this.#project = project;
    this.#events = events;
  }

  /** Whether there is a server. */
  get running(): boolean {
    return this.#current !== undefined;
  }

  /** Whether the server that was to be the last one ended by itself. */
  get hasFailed(): boolean {
    return this.#hasFailed;
  }

  /**
   * Starts the next server, which loads the packages and waits for `replace`. Where one is on its way, nothing happens; nor in
   * Python, where a server cannot be held.
   */
  prepare(env: Environment): void {
    if (this.#project.language === 'typescript') this.#next ??= this.#start(env);
  }

  #start(env: Environment): Next {
    const { language, directory } = this.#project;
    let loaded: (isLoaded: boolean) => void = () => {};
    const isLoaded = new Promise<boolean>((resolve) => {
      loaded = resolve;
    });
    const onMessage = (message: unknown) => {
      if (message === held.listen) loaded(true);
    };
    const { onLine, onCrash } = this.#events;
    const first = language === 'typescript' ? holdingModule(directory) : undefined;
    const program = runServer(this.#project, { env, onLine, onMessage }, first);
    if (first === undefined) loaded(true);
    void program.ended.then(({ exitCode, signal }) => {
      loaded(false);
      if (this.#forget(program))
        onCrash(exitCode === undefined ? `by ${signal}` : `with exit code ${exitCode}`);
    });
    return { program, isLoaded, hasBegun: false };
  }

  /** @returns false where it was ended by us. */
  #forget(program: RunningProgram): boolean {
    if (this.#next?.program === program) this.#next = undefined;
    else if (this.#current === program) this.#current = undefined;
    else return false;
    this.#hasFailed = true;
    return true;
  }

  /** Ends a server that was prepared in vain. */
  discard(): void {
    if (this.#next?.hasBegun === false) this.#endNext();
  }

  #endNext(): void {
    const next = this.#next;
    this.#next = undefined;
    void next?.program.stop(0);
  }

  /**
   * Starts the next server, or lets the prepared one go on, and gives it the port when it has loaded.
   * @param patience in ms; after that `onLate` is called, and the wait goes on.
   * @returns once it accepts connections; false when it ended or was replaced before.
   */
  async replace(env: Environment, port: number, patience: number, onLate: () => void): Promise<boolean> {
    if (this.#next?.hasBegun) this.#endNext();
    this.#turn += 1;
    const turn = this.#turn;
    // What cannot be held would find the port taken.
    if (this.#project.language === 'python') await this.#endAll(graceOnRestart);
    if (turn !== this.#turn) return false;
    const next = this.#next ?? this.#start(env);
    this.#next = next;
    next.hasBegun = true;
    this.#hasFailed = false;
    next.program.send(held.begin);
    const late = setTimeout(onLate, patience);
    try {
      if (!(await next.isLoaded) || this.#next !== next) return false;
      const before = this.#current;
      this.#next = undefined;
      this.#current = next.program;
      await before?.stop(graceOnRestart);
      next.program.send(held.listen);
      return await this.#listens(next.program, port, patience);
    } finally {
      clearTimeout(late);
    }
  }

  async #listens(program: RunningProgram, port: number, patience: number): Promise<boolean> {
    const since = performance.now();
    while (this.#current === program) {
      if (await isListening(port)) return this.#current === program;
      await delay(performance.now() - since < patience ? 5 : 500);
    }
    return false;
  }

  /** Ends everything: SIGTERM, and SIGKILL for what has not ended after the grace (ms). */
  async stop(grace: number): Promise<void> {
    this.#turn += 1;
    await this.#endAll(grace);
  }

  async #endAll(grace: number): Promise<void> {
    const programs = [this.#current, this.#next?.program];
    this.#current = undefined;
    this.#next = undefined;
    await Promise.all(programs.map((program) => program?.stop(grace)));
  }
}
