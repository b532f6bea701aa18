import { execFile } from 'node:child_process';
import { execa } from 'execa';
import { systemCode } from '../terminal/errors.ts';

export interface CommandResult {
  readonly exitCode: number | undefined;
  /** The program is not on the PATH. */
  readonly absent: boolean;
  /** Both streams, as they came. */
  readonly output: string;
}

const patience = 2000;

function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch {
    // The group has ended already.
  }
}

/** Asks a child and everything that it started to end, and ends them when they do not. */
function endTree(pid: number): void {
  if (process.platform === 'win32') {
    execFile('taskkill', ['/pid', String(pid), '/T', '/F'], () => {});
    return;
  }
  signalGroup(pid, 'SIGTERM');
  setTimeout(signalGroup, patience, pid, 'SIGKILL').unref();
}

/**
 * What the package manager that ran us put into the environment, meant for itself: `--dry-run` and `--json` before `--`
 * would reach the install, and git's variables (we may be in a hook) would point it at another repository.
 */
const notForChildren =
  /^(?:npm_config_(?:dry_run|json|yes|package|call)|npm_lifecycle_.*|npm_package_.*|GIT_(?:DIR|WORK_TREE|INDEX_FILE|PREFIX))$/i;

function childEnvironment(
  env: Readonly<Record<string, string | undefined>>,
): Readonly<Record<string, string | undefined>> {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !notForChildren.test(name)));
}

export interface CommandOptions {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
}

/**
 * Runs a program with its own process group, so that an interrupt ends it and all it started, and waits for that.
 * @throws the signal's reason when it was aborted.
 */
export async function runCommand(
  program: string,
  args: readonly string[],
  options: CommandOptions,
): Promise<CommandResult> {
  options.signal.throwIfAborted();
  const child = execa(program, args, {
    cwd: options.cwd,
    env: childEnvironment(options.env),
    extendEnv: false,
    all: true,
    reject: false,
    stdin: 'ignore',
    // A group of its own on POSIX. On Windows it would be a console window of its own.
    detached: process.platform !== 'win32',
  });
  const { pid } = child;
  const stop = () => {
    if (pid !== undefined) endTree(pid);
  };
  options.signal.addEventListener('abort', stop, { once: true });
  const result = await child;
  options.signal.removeEventListener('abort', stop);
  // Whatever the child has left behind would go on writing into the folder that is removed now.
  if (options.signal.aborted && pid !== undefined && process.platform !== 'win32')
    signalGroup(pid, 'SIGKILL');
  options.signal.throwIfAborted();
  return {
    exitCode: result.exitCode,
    absent: systemCode(result.cause) === 'ENOENT',
    output: result.all ?? '',
  };
}
