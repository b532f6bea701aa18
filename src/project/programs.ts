import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { execa } from 'execa';
import { printable } from '../scalekit/index.ts';
import { systemCode } from '../terminal/errors.ts';

// The one place where another program is started. It is loaded with execa, so import it where something is really run.

type Environment = Readonly<Record<string, string | undefined>>;

export interface ProgramOptions {
  readonly cwd: string;
  /** Its whole environment. */
  readonly env: Environment;
}

/** How a program has ended. */
export interface Ended {
  /** Undefined where a signal has ended it, and where it could not be started. */
  readonly exitCode: number | undefined;
  readonly signal: NodeJS.Signals | undefined;
  /** There is no such program on the PATH. */
  readonly absent: boolean;
}

/** A program that was started and goes on. */
export interface RunningProgram {
  /** False from the moment that it has ended. */
  readonly running: boolean;
  /** Resolves when it has ended and all of its output has been handed over. Never rejects. */
  readonly ended: Promise<Ended>;
  /** The last lines of what it wrote, masked and safe to print. */
  output(): string;
  /** The same of what it wrote to stderr alone. */
  errors(): string;
  /**
   * Ends it with everything that it has started: SIGTERM, and SIGKILL after the grace.
   * @param grace in milliseconds.
   */
  stop(grace?: number): Promise<void>;
}

export interface StartOptions extends ProgramOptions {
  readonly onLine?: (line: string, stream: 'stdout' | 'stderr') => void;
}

/** How long a program may take to end by itself once it was asked to, in milliseconds. */
const defaultGrace = 5000;

/**
 * What the package manager that ran us put into the environment for us alone: `--dry-run` and `--json` before `--` would
 * reach the install, and git's variables (we may be in a hook) would point at another repository. All else stays: among it
 * is what it takes to reach a registry (NODE_EXTRA_CA_CERTS, proxies, npm's `cafile`, `userconfig` and the like).
 */
const forUsAlone =
  /^(?:npm_config_(?:dry_run|json|yes|package|call)|npm_lifecycle_.*|npm_package_.*|GIT_(?:DIR|WORK_TREE|INDEX_FILE|PREFIX))$/i;

/** @returns the environment that tools (package managers, git, compilers) are run with. */
export function environmentFor(env: Environment): Environment {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !forUsAlone.test(name)));
}

const isWindows = process.platform === 'win32';

/** What all programs are started with. A group of its own lets us end a program with all that it has started. */
function common({ cwd, env }: ProgramOptions) {
  return {
    cwd,
    env: { ...env },
    extendEnv: false,
    reject: false,
    // Windows has no groups, and would open a console window instead.
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
 * Ends a whole tree: asks first, and insists after the grace. Whatever outlives the program itself is ended too.
 * @returns when the program is gone, not when its pipes are closed: something that has left the group may hold these.
 */
async function endTree(child: ChildProcess, grace: number): Promise<void> {
  const { pid } = child;
  if (pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, 'exit');
  signalTree(pid, 'SIGTERM');
  const patience = new AbortController();
  await Promise.race([exit, delay(grace, undefined, { signal: patience.signal }).catch(() => {})]);
  patience.abort();
  if (!isWindows || child.exitCode === null) signalTree(pid, 'SIGKILL');
  await exit;
}

/** @returns the last lines of a program's output, masked and safe to print. */
export function lastLines(output: string, count = 12): string {
  const lines = output.trim().split('\n').slice(-count);
  return lines.map((line) => printable(line.trimEnd())).join('\n');
}

export interface Finished extends Ended {
  /** It was ended because it took longer than the limit. */
  readonly timedOut: boolean;
  readonly stdout: string;
  /** Both streams, as they came. */
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
 * Runs a tool to its end, with nothing on its stdin, and without what is in the environment for us alone. An interrupt ends it with all that it has started, and waits for that.
 * @param program a path, or a name on the PATH (on Windows also `.cmd` files, such as npm's).
 * @throws the signal's reason when it was aborted. A program that is absent or fails is a result.
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

/** How long a run that was interrupted may take to end, in milliseconds. */
const graceOfRuns = 2000;

/**
 * Loaded into a program before its own code: when we are gone, however violently (the pipe between us breaks), it ends too,
 * and does not keep its port for ever.
 */
const endWithParent = `data:text/javascript,${encodeURIComponent(`
  process.once('disconnect', () => {
    process.kill(process.pid, 'SIGTERM');
    setTimeout(() => process.kill(process.pid, 'SIGKILL'), 3000).unref();
  });
  process.channel?.unref();
`)}`;

/**
 * Starts a JavaScript program with this Node; it cannot outlive us.
 * @param args the program and its arguments, with Node's own options first.
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
 * Runs a JavaScript program with this Node where the person is: it has our terminal, and Ctrl-C reaches it as it reaches us.
 * @param options `keepOutput` keeps its stdout from the terminal.
 * @returns how it has ended, and with `keepOutput` what it wrote.
 */
export async function runInTerminal(
  args: readonly string[],
  options: ProgramOptions & { readonly keepOutput: boolean },
): Promise<Ended & { readonly stdout: string }> {
  const result = await execa(process.execPath, args, {
    ...common({ ...options, env: environmentFor(options.env) }),
    // In our own group, or else the terminal would stop it when it reads.
    detached: false,
    stdio: ['inherit', options.keepOutput ? 'pipe' : 'inherit', 'inherit'],
  });
  return { ...endOf(result), stdout: typeof result.stdout === 'string' ? result.stdout : '' };
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
