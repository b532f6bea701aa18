import type { ChildProcess, SpawnOptions } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import spawn from 'cross-spawn';
import { systemCode } from '../terminal/errors.ts';

// Starts a program, and ends it with all that it has started. cross-spawn finds `.cmd` files on Windows, and quotes for cmd.

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

const isWindows = process.platform === 'win32';

/** Options for all programs. A process group of its own lets us end a program together with everything that it started. */
export function common({ cwd, env }: ProgramOptions) {
  return {
    cwd,
    env: { ...env },
    // Windows has no process groups, and would open a console window instead.
    detached: !isWindows,
    windowsHide: true,
  } as const;
}

/** A program that was started. */
export interface Started {
  /** Undefined if Node refused to start it. */
  readonly child: ChildProcess | undefined;
  /** Resolves when it has ended and its streams are closed. Never rejects. */
  readonly ended: Promise<Ended>;
}

/** Starts a program. That it is absent, or cannot be started at all, is an end and not an error. */
export function start(program: string, args: readonly string[], options: SpawnOptions): Started {
  try {
    const child = spawn(program, [...args], options);
    let fault: unknown;
    child.on('error', (error) => {
      fault = error;
    });
    const ended = new Promise<Ended>((settle) => {
      child.on('close', (code, signal) => settle(endOf(code, signal, fault)));
    });
    return { child, ended };
  } catch (error) {
    // What Node refuses before it asks the system, such as a folder that is a file.
    return { child: undefined, ended: Promise.resolve(endOf(null, null, error)) };
  }
}

/** Calls back with each piece of a program's output, in the order in which it comes. */
export function listen(
  child: ChildProcess | undefined,
  onText: (text: string, stream: 'stdout' | 'stderr') => void,
) {
  for (const name of ['stdout', 'stderr'] as const)
    child?.[name]?.setEncoding('utf8').on('data', (text: string) => onText(text, name));
}

function signalTree(pid: number, signal: NodeJS.Signals): void {
  if (isWindows) {
    // Only /F reaches programs without a window; there is no gentler way that works.
    start('taskkill', ['/pid', String(pid), '/T', '/F'], { stdio: 'ignore', windowsHide: true });
    return;
  }
  try {
    process.kill(-pid, signal);
  } catch {
    // The group has ended already.
  }
}

function endOf(code: number | null, signal: NodeJS.Signals | null, fault: unknown): Ended {
  return {
    // Of a program that did not start, Node gives the negative number of the system's error.
    exitCode: fault === undefined ? (code ?? undefined) : undefined,
    signal: signal ?? undefined,
    absent: systemCode(fault) === 'ENOENT',
  };
}

/**
 * Ends a whole process tree: SIGTERM first, SIGKILL after the grace period, also for children that outlive the program.
 * @returns when the program is gone, not when its pipes are closed: a process that left the group may keep these open.
 */
export async function endTree(child: ChildProcess | undefined, grace: number): Promise<void> {
  const pid = child?.pid;
  if (child === undefined || pid === undefined || child.exitCode !== null || child.signalCode !== null)
    return;
  const exit = once(child, 'exit');
  signalTree(pid, 'SIGTERM');
  const wait = new AbortController();
  await Promise.race([exit, delay(grace, undefined, { signal: wait.signal }).catch(() => {})]);
  wait.abort();
  if (!isWindows || child.exitCode === null) signalTree(pid, 'SIGKILL');
  await exit;
}
