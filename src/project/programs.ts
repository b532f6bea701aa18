import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { execa } from 'execa';
import { printable } from '../scalekit/index.ts';
import { systemCode } from '../terminal/errors.ts';
import { environmentFor } from './tool-environment.ts';

// Starts other programs, and ends them with all that they have started. It loads execa, so import it lazily, where a program is run.
// What only looks something up is asked by quick-program.ts.

type Environment = Readonly<Record<string, string | undefined>>;

export interface ProgramOptions {
  readonly cwd: string;
  /** Its whole environment. */
  readonly env: Environment;
}

/** How a program has ended. */
export interface Ended {
  /** Undefined if a signal ended it, or it could not be started. */
  readonly exitCode: number | undefined;
  readonly signal: NodeJS.Signals | undefined;
  /** There is no such program on the PATH. */
  readonly absent: boolean;
}

/** A program that was started in the background. */
export interface RunningProgram {
  /** False once it has ended. */
  readonly running: boolean;
  /** Resolves when it has ended and all of its output has been delivered. Never rejects. */
  readonly ended: Promise<Ended>;
  /** The last lines of what it wrote, masked and safe to print. */
  output(): string;
  /** The same of what it wrote to stderr alone. */
  errors(): string;
  /**
   * Ends it and everything that it started: SIGTERM, then SIGKILL after the grace period.
   * @param grace in milliseconds.
   */
  stop(grace?: number): Promise<void>;
}

export interface StartOptions extends ProgramOptions {
  readonly onLine?: (line: string, stream: 'stdout' | 'stderr') => void;
}

/** How long a program may take to end after SIGTERM, in milliseconds. */
const defaultGrace = 5000;

const isWindows = process.platform === 'win32';

/** Options for all programs. A process group of its own lets us end a program together with everything that it started. */
function common({ cwd, env }: ProgramOptions) {
  return {
    cwd,
    env: { ...env },
    extendEnv: false,
    reject: false,
    // Windows has no process groups, and would open a console window instead.
    detached: !isWindows,
    windowsHide: true,
  } as const;
}

function signalTree(pid: number, signal: NodeJS.Signals): void {
  if (isWindows) {
    // Only /F reaches programs without a window; there is no gentler way that works.
    void execa('taskkill', ['/pid', String(pid), '/T', '/F'], { reject: false });
    return;
  }
  try {
    process.kill(-pid, signal);
  } catch {
    // The group has ended already.
  }
}

function endOf(result: { exitCode?: number; signal?: NodeJS.Signals; cause?: unknown }): Ended {
  return {
    exitCode: result.exitCode,
    signal: result.signal,
    absent: systemCode(result.cause) === 'ENOENT',
  };
}

/**
 * Ends a whole process tree: SIGTERM first, SIGKILL after the grace period, also for children that outlive the program.
 * @returns when the program is gone, not when its pipes are closed: a process that left the group may keep these open.
 */
async function endTree(child: ChildProcess, grace: number): Promise<void> {
  const { pid } = child;
  if (pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, 'exit');
  signalTree(pid, 'SIGTERM');
  const wait = new AbortController();
  await Promise.race([exit, delay(grace, undefined, { signal: wait.signal }).catch(() => {})]);
  wait.abort();
  if (!isWindows || child.exitCode === null) signalTree(pid, 'SIGKILL');
  await exit;
}

/** @returns the last lines of a program's output, masked and safe to print. */
export function lastLines(output: string, count = 12): string {
  const lines = output.trim().split('\n').slice(-count);
  return lines.map((line) => printable(line.trimEnd())).join('\n');
}

export interface Finished extends Ended {
  /** Whether it was ended because it exceeded the limit. */
  readonly timedOut: boolean;
  readonly stdout: string;
  /** Both streams, interleaved. */
  readonly output: string;
}

export interface RunOptions extends ProgramOptions {
  readonly signal?: AbortSignal;
  /** Milliseconds after which it is ended. */
  readonly limit?: number;
  /** Called with each piece of either stream, as it comes. */
  readonly onOutput?: (text: string) => void;
}

/**
 * Runs a tool to its end, with an empty stdin and without the variables that were set for us. An abort ends the tool and
 * everything that it started, and waits for that.
 * @param program a path, or a name on the PATH (on Windows also `.cmd` files, such as npm's).
 * @throws the signal's reason after an abort. A program that is absent or fails is a result, not an error.
 */
export async function runProgram(
  program: string,
  args: readonly string[],
  options: RunOptions,
): Promise<Finished> {
  const { signal, limit } = options;
  signal?.throwIfAborted();
  const child = execa(program, args, {
    ...common({ ...options, env: environmentFor(options.env) }),
    all: true,
    stdin: 'ignore',
  });
  if (options.onOutput !== undefined) child.all.setEncoding('utf8').on('data', options.onOutput);
  let timedOut = false;
  const stop = () => void endTree(child, graceOfRuns);
  const timer =
    limit === undefined
      ? undefined
      : setTimeout(() => {
          timedOut = true;
          stop();
        }, limit);
  signal?.addEventListener('abort', stop, { once: true });
  const result = await child;
  signal?.removeEventListener('abort', stop);
  clearTimeout(timer);
  signal?.throwIfAborted();
  return { ...endOf(result), timedOut, stdout: result.stdout, output: result.all };
}

/** How long an aborted run may take to end, in milliseconds. */
const graceOfRuns = 2000;

/**
 * Loaded into a program before its own code: when we are gone, even by SIGKILL, the pipe between us breaks and the program
 * ends too, instead of keeping its port for ever.
 */
const endWithParent = `data:text/javascript,${encodeURIComponent(`
  process.once('disconnect', () => {
    process.kill(process.pid, 'SIGTERM');
    setTimeout(() => process.kill(process.pid, 'SIGKILL'), 3000).unref();
  });
  process.channel?.unref();
`)}`;

/**
 * Starts a JavaScript program with this Node. It ends when we do.
 * @param args Node's options, then the program and its arguments.
 */
export function startNode(args: readonly string[], options: StartOptions): RunningProgram {
  const child = execa(process.execPath, ['--import', endWithParent, ...args], {
    ...common(options),
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    buffer: false,
  });
  let text = '';
  let errors = '';
  for (const stream of ['stdout', 'stderr'] as const)
    createInterface({ input: child[stream] }).on('line', (line) => {
      text = `${text}${line}\n`.slice(-8000);
      if (stream === 'stderr') errors = `${errors}${line}\n`.slice(-8000);
      options.onLine?.(line, stream);
    });
  let running = true;
  const ended = child.then((result) => {
    running = false;
    return endOf(result);
  });
  return {
    get running() {
      return running;
    },
    ended,
    output: () => lastLines(text),
    errors: () => lastLines(errors),
    stop: (grace = defaultGrace) => endTree(child, grace),
  };
}

/**
 * Runs a JavaScript program with this Node in our terminal, where Ctrl-C reaches it as it reaches us.
 * @param options `keepOutput` captures its stdout instead of printing it.
 * @returns how it ended, and with `keepOutput` its stdout.
 */
export async function runInTerminal(
  args: readonly string[],
  options: ProgramOptions & { readonly keepOutput: boolean },
): Promise<Ended & { readonly stdout: string }> {
  const result = await execa(process.execPath, args, {
    ...common({ ...options, env: environmentFor(options.env) }),
    // It has to be in our process group, or the terminal would stop it when it reads.
    detached: false,
    stdio: ['inherit', options.keepOutput ? 'pipe' : 'inherit', 'inherit'],
  });
  return { ...endOf(result), stdout: typeof result.stdout === 'string' ? result.stdout : '' };
}

/** Runs a tool in our terminal, as if the person had typed it. */
export async function runTool(
  program: string,
  args: readonly string[],
  options: ProgramOptions,
): Promise<Ended> {
  const result = await execa(program, args, {
    ...common({ ...options, env: environmentFor(options.env) }),
    // It has to be in our process group, or the terminal would stop it when it reads.
    detached: false,
    stdio: 'inherit',
  });
  return endOf(result);
}

/**
 * Runs a tool that writes to the person's terminal and asks them nothing, until it ends or the signal ends it with all that it
 * has started. What it says on stderr is handed on.
 * @returns how it has ended, and the last of its stderr.
 */
export async function showProgram(
  program: string,
  args: readonly string[],
  options: ProgramOptions & { readonly signal: AbortSignal; readonly onError: (text: string) => void },
): Promise<Ended & { readonly errors: string }> {
  const { signal, onError } = options;
  signal.throwIfAborted();
  const child = execa(program, args, {
    ...common({ ...options, env: environmentFor(options.env) }),
    stdio: ['ignore', 'inherit', 'pipe'],
    buffer: false,
  });
  let errors = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    errors = `${errors}${text}`.slice(-8000);
    onError(text);
  });
  const stop = () => void endTree(child, graceOfRuns);
  signal.addEventListener('abort', stop, { once: true });
  const result = await child;
  signal.removeEventListener('abort', stop);
  return { ...endOf(result), errors };
}
