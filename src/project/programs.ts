import { createInterface } from 'node:readline';
import { printable } from '../scalekit/index.ts';
import { common, type Ended, endTree, listen, type ProgramOptions, start } from './spawn.ts';
import { environmentFor } from './tool-environment.ts';

export type { Ended } from './spawn.ts';

// The ways in which we run other programs. Import it lazily, where a program is run. Programs that only look something up are run by
// quick-program.ts.

/** A program that was started in the background. */
export interface RunningProgram {
  /** False once it has ended. */
  readonly running: boolean;
  /** Resolves when it has ended and all of its output has been delivered. Never rejects. */
  readonly ended: Promise<Ended>;
  /** The last lines of what it wrote, masked and safe to print. */
  output(): string;
  /** The same, of stderr only. */
  errors(): string;
  /** Sends it a message (`process.on('message')`); one that has ended gets none. */
  send(message: string): void;
  /**
   * Ends it and everything that it started: SIGTERM, then SIGKILL after the grace period.
   * @param grace in milliseconds.
   */
  stop(grace?: number): Promise<void>;
}

export interface StartOptions extends ProgramOptions {
  readonly onLine?: (line: string, stream: 'stdout' | 'stderr') => void;
  /** Called with what it sends (`process.send`). */
  readonly onMessage?: (message: unknown) => void;
}

/** How long a program may take to end after SIGTERM, in milliseconds. */
const defaultGrace = 5000;

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
  const { child, ended } = start(program, args, {
    ...common({ ...options, env: environmentFor(options.env) }),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [stdout, output] = ['', ''];
  listen(child, (text, stream) => {
    output += text;
    if (stream === 'stdout') stdout += text;
    options.onOutput?.(text);
  });
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
  const end = await ended;
  signal?.removeEventListener('abort', stop);
  clearTimeout(timer);
  signal?.throwIfAborted();
  return { ...end, timedOut, stdout: withoutLastBreak(stdout), output: withoutLastBreak(output) };
}

function withoutLastBreak(text: string): string {
  return text.replace(/\r?\n$/, '');
}

/** How long an aborted run may take to end, in milliseconds. */
const graceOfRuns = 2000;

/**
 * Loaded into a program before its own code: when we are gone, even by SIGKILL, the pipe between us breaks and the program
 * ends too, instead of keeping its port forever.
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
  return follow(process.execPath, ['--import', endWithParent, ...args], options, [
    'ignore',
    'pipe',
    'pipe',
    'ipc',
  ]);
}

/** Starts a program whose stdin is a pipe that breaks when we are gone: it is for the program to end then. */
export function startProgram(
  program: string,
  args: readonly string[],
  options: StartOptions,
): RunningProgram {
  return follow(program, args, options, ['pipe', 'pipe', 'pipe']);
}

function follow(
  program: string,
  args: readonly string[],
  options: StartOptions,
  stdio: Array<'ignore' | 'pipe' | 'ipc'>,
): RunningProgram {
  const { child, ended } = start(program, args, { ...common(options), stdio });
  let text = '';
  let errors = '';
  for (const stream of ['stdout', 'stderr'] as const) {
    const input = child?.[stream];
    if (!input) continue;
    createInterface({ input }).on('line', (line) => {
      text = `${text}${line}\n`.slice(-8000);
      if (stream === 'stderr') errors = `${errors}${line}\n`.slice(-8000);
      options.onLine?.(line, stream);
    });
  }
  if (options.onMessage) child?.on('message', options.onMessage);
  let running = true;
  return {
    get running() {
      return running;
    },
    ended: ended.finally(() => {
      running = false;
    }),
    output: () => lastLines(text),
    errors: () => lastLines(errors),
    send(message) {
      // The program may end at any moment: then nobody is left to be told.
      if (child?.connected) child.send(message, () => {});
    },
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
  const { child, ended } = start(process.execPath, args, {
    ...common({ ...options, env: environmentFor(options.env) }),
    // It has to be in our process group, or the terminal would stop it when it reads.
    detached: false,
    stdio: ['inherit', options.keepOutput ? 'pipe' : 'inherit', 'inherit'],
  });
  let stdout = '';
  listen(child, (text) => {
    stdout += text;
  });
  return { ...(await ended), stdout: withoutLastBreak(stdout) };
}

/** Runs a tool in our terminal, as if the person had typed it. */
export async function runTool(
  program: string,
  args: readonly string[],
  options: ProgramOptions,
): Promise<Ended> {
  const { ended } = start(program, args, {
    ...common({ ...options, env: environmentFor(options.env) }),
    // It has to be in our process group, or the terminal would stop it when it reads.
    detached: false,
    stdio: 'inherit',
  });
  return ended;
}

/**
 * Runs a tool that writes to the person's terminal and asks them nothing, until it ends or the signal ends it with all that it
 * has started. What it writes to stderr is passed on.
 * @returns how it has ended, and the last of its stderr.
 */
export async function showProgram(
  program: string,
  args: readonly string[],
  options: ProgramOptions & { readonly signal: AbortSignal; readonly onError: (text: string) => void },
): Promise<Ended & { readonly errors: string }> {
  const { signal, onError } = options;
  signal.throwIfAborted();
  const { child, ended } = start(program, args, {
    ...common({ ...options, env: environmentFor(options.env) }),
    stdio: ['ignore', 'inherit', 'pipe'],
  });
  let errors = '';
  listen(child, (text) => {
    errors = `${errors}${text}`.slice(-8000);
    onError(text);
  });
  const stop = () => void endTree(child, graceOfRuns);
  signal.addEventListener('abort', stop, { once: true });
  const end = await ended;
  signal.removeEventListener('abort', stop);
  return { ...end, errors };
}
