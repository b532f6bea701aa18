import { setMaxListeners } from 'node:events';
import { type Context, type ExitCode, exitCodes } from '../terminal/context.ts';
import { errorDocument } from '../terminal/error-document.ts';
import { Interrupted, UserError } from '../terminal/errors.ts';
import { jsonText } from '../terminal/json.ts';
import { inWords, machineError } from '../terminal/machine-error.ts';
import { watchParents } from './parent.ts';

/** A program: takes its arguments and its context, returns its exit code. */
export interface Program {
  (args: readonly string[], context: Context): Promise<ExitCode>;
  /** Its name, if not `scalekit-mcp`. */
  readonly tool?: string;
  /** Whether stdout has to be JSON. Works for invalid arguments too, since their error is then printed as JSON. */
  readonly asksForJson?: (args: readonly string[], env: Context['env']) => boolean;
}

/** Sent by Ctrl-C, `kill`, and a closing terminal. */
const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Two signals closer together than this are one Ctrl-C, in ms. */
const sameCtrlC = 500;

/**
 * Runs a program on the real process: signals abort the context, errors are printed, and the exit code is set, here and
 * nowhere else (never by `process.exit`, which loses output that is not flushed yet).
 */
export async function runOnProcess(program: Program): Promise<void> {
  const interruption = new AbortController();
  // Everything that a command does at the same time listens to this signal. Node warns of a leak above ten listeners.
  setMaxListeners(0, interruption.signal);
  let since = 0;
  const abort = () => interruption.abort(new UserError('Interrupted.', { exitCode: exitCodes.interrupted }));
  const interrupt = (signal: NodeJS.Signals) => {
    if (!interruption.signal.aborted) {
      since = performance.now();
      return abort();
    }
    // Under `npm run` one Ctrl-C arrives twice: from the terminal, and forwarded by npm.
    if (performance.now() - since < sameCtrlC) return;
    // The second one gets Node's default: the process ends at once.
    for (const each of signals) process.off(each, interrupt);
    process.kill(process.pid, signal);
  };
  for (const each of signals) process.on(each, interrupt);
  let lost: UserError | undefined;
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    // `scalekit-mcp … | head` closes our stdout early, which is not an error. A full disk is one, once.
    if (error.code === 'EPIPE' || lost !== undefined) return;
    lost = new UserError(`The output cannot be written: ${inWords(error.code ?? error.message)}.`, {
      cause: error,
    });
    process.stderr.write(describeError(lost, false));
    process.exitCode = lost.exitCode;
  });
  // Nobody is left to be told of it: it must not change the exit code.
  process.stderr.on('error', () => {});
  const context: Context = {
    env: process.env,
    cwd: process.cwd(),
    // Opened on demand, because most commands read nothing.
    get stdin() {
      return process.stdin;
    },
    stdout: process.stdout,
    stderr: process.stderr,
    signal: interruption.signal,
  };
  const stopWatching = watchParents(abort);
  // Ctrl-D closes stdin under a question, which then never ends, and nothing keeps the process: that is no success.
  process.exitCode = exitCodes.interrupted;
  const giveUp = () => {
    if (!interruption.signal.aborted) return abort();
    process.off('beforeExit', giveUp);
    process.stderr.write('Cancelled.\n');
  };
  process.on('beforeExit', giveUp);
  const exitCode = await runToExitCode(program, process.argv.slice(2), context);
  process.exitCode = exitCode === exitCodes.ok ? (lost?.exitCode ?? exitCode) : exitCode;
  process.off('beforeExit', giveUp);
  stopWatching();
  for (const each of signals) process.off(each, interrupt);
}

/**
 * Runs a program and turns what it throws into an exit code and a message: text on stderr or, with `--json`, one document
 * on stdout. All commands go through here.
 */
export async function runToExitCode(
  program: Program,
  args: readonly string[],
  context: Context,
): Promise<ExitCode> {
  try {
    return await program(args, context);
  } catch (error) {
    const asksForJson = program.asksForJson ?? hasJsonFlag;
    const interruption = interruptionOf(error, context.signal);
    if (asksForJson(args, context.env)) {
      const said = interruption ?? machineError(error) ?? error;
      const document = errorDocument(said, program.tool ?? 'scalekit-mcp');
      context.stdout.write(jsonText(document));
      return document.exitCode;
    }
    if (interruption !== undefined) {
      if (interruption === error) context.stderr.write(describeError(error, false));
      return exitCodes.interrupted;
    }
    context.stderr.write(describeError(error, context.env.DEBUG !== undefined && context.env.DEBUG !== ''));
    return error instanceof UserError ? error.exitCode : exitCodes.failed;
  }
}

/** @returns what to say about a command that was interrupted: its own words for where it stood, if it had some. */
function interruptionOf(error: unknown, { aborted, reason }: AbortSignal): UserError | undefined {
  if (!aborted) return undefined;
  const isOwn = error instanceof UserError && error.exitCode === exitCodes.interrupted && error !== reason;
  return isOwn ? error : new Interrupted('Interrupted.');
}

/** @returns whether a command line asks for JSON: `--json`, or `--format json`. */
export function hasJsonFlag(args: readonly string[]): boolean {
  const end = args.indexOf('--');
  const flags = end < 0 ? args : args.slice(0, end);
  return flags.some(
    (flag, index) =>
      flag === '--json' || flag === '--format=json' || (flag === '--format' && flags[index + 1] === 'json'),
  );
}

function describeError(error: unknown, debug: boolean): string {
  // For a person who cancelled this is not an error.
  const said = machineError(error) ?? error;
  const cancelled = said instanceof UserError && said.exitCode === exitCodes.interrupted;
  const lines = [`${cancelled ? '' : 'error: '}${said instanceof Error ? said.message : String(said)}`];
  if (said instanceof UserError && said.next !== undefined) lines.push(`  → ${said.next}`);
  if (debug && error instanceof Error) lines.push(error.stack ?? '');
  else if (!(said instanceof UserError))
    lines.push('  → This is a bug in this program. Run it again with DEBUG=1 to see where.');
  return `${lines.join('\n')}\n`;
}
