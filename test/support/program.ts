import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { stripVTControlCharacters } from 'node:util';
import { failSoon, registryEnvironment } from './registry.ts';
import { until } from './waiting.ts';

export interface ProgramOptions {
  readonly cwd?: string;
  /** Added to a small, clean environment; undefined removes a variable. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** What it reads on stdin; nothing by default. */
  readonly input?: string;
  /** Starts a process group of its own, so that `signalGroup` reaches its children too, as a terminal's Ctrl-C does. */
  readonly group?: boolean;
  /** Runs it as another user, if this process may. */
  readonly uid?: number;
  readonly gid?: number;
}

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * The environment that programs under test start from: what they need of ours (including what installs need to reach a
 * registry), and neither the test runner's variables nor those of the npm that started it.
 */
function cleanEnvironment(changes: ProgramOptions['env'] = {}): Record<string, string | undefined> {
  const kept = [
    'PATH',
    'HOME',
    'TMPDIR',
    'TEMP',
    'TMP',
    'LANG',
    'SystemRoot',
    'APPDATA',
    'LOCALAPPDATA',
    'USERPROFILE',
  ];
  return {
    ...Object.fromEntries(kept.map((name) => [name, process.env[name]])),
    ...failSoon,
    ...registryEnvironment(),
    NO_COLOR: '1',
    ...changes,
  };
}

/** A running program, and everything that it has written so far. */
export class Program {
  readonly child: ChildProcess;
  stdout = '';
  stderr = '';
  readonly #ended: Promise<Ended>;

  constructor(command: string, args: readonly string[], options: ProgramOptions = {}) {
    this.child = spawn(command, args, {
      cwd: options.cwd,
      env: cleanEnvironment(options.env),
      stdio: [options.input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
      detached: options.group ?? false,
      ...(options.uid !== undefined && { uid: options.uid }),
      ...(options.gid !== undefined && { gid: options.gid }),
    });
    this.child.stdin?.end(options.input);
    this.child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      this.stdout += text;
    });
    this.child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.stderr += text;
    });
    this.#ended = once(this.child, 'close').then(([code, signal]) => ({
      code,
      signal,
      stdout: this.stdout,
      stderr: this.stderr,
    }));
    // A failed start rejects `ended()`; here it must not be an unhandled rejection.
    this.#ended.catch(() => {});
  }

  /** Both streams, without colours. */
  get output(): string {
    return stripVTControlCharacters(this.stdout + this.stderr);
  }

  get running(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null;
  }

  /** Waits for the end. */
  ended(): Promise<Ended> {
    return this.#ended;
  }

  /** Waits until the output matches. @param from where to begin, an earlier length of `output`. */
  async says(pattern: RegExp, patience?: number): Promise<RegExpExecArray> {
    try {
      return await until(
        String(pattern),
        () => {
          const match = pattern.exec(this.output);
          if (match === null && !this.running) throw new Error('it has ended');
          return match;
        },
        patience,
      );
    } catch (error) {
      throw new Error(`${String(pattern)} was not said:\n${this.output}`, { cause: error });
    }
  }

  /** Forgets the output so far, so that `says` waits for something new. */
  forget(): void {
    this.stdout = '';
    this.stderr = '';
  }

  /** Sends a signal to the program and to all of its process group, as a terminal does. */
  signalGroup(signal: NodeJS.Signals): void {
    if (this.child.pid !== undefined) process.kill(-this.child.pid, signal);
  }

  /** Makes sure that it is gone, children of its group included. */
  async kill(): Promise<void> {
    try {
      if (this.child.spawnargs.length > 0 && this.child.pid !== undefined)
        process.kill(-this.child.pid, 'SIGKILL');
    } catch {
      this.child.kill('SIGKILL');
    }
    await this.#ended.catch(() => {});
  }
}

/** Runs a program to its end. */
export function run(command: string, args: readonly string[], options?: ProgramOptions): Promise<Ended> {
  return new Program(command, args, options).ended();
}

/** Runs a program to its end. @throws Error with its output if it fails. */
export async function mustRun(
  command: string,
  args: readonly string[],
  options?: ProgramOptions,
): Promise<Ended> {
  const ended = await run(command, args, options);
  if (ended.code === 0) return ended;
  throw new Error(`${command} ${args.join(' ')} ended with ${ended.code}:\n${ended.stdout}${ended.stderr}`);
}
