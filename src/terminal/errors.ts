import type { Problem } from '../scalekit/index.ts';
import { type ExitCode, exitCodes } from './context.ts';

/**
 * An error for the person reading it: what happened, the value that was wrong, what was expected, the next command.
 * The message is printed as it is, without a stack trace unless DEBUG is set.
 */
export class UserError extends Error {
  readonly exitCode: ExitCode;
  /** The next command or step, printed on its own line. */
  readonly next: string | undefined;
  /** Machine-readable name of what went wrong, for JSON output. */
  readonly code: string;

  constructor(
    message: string,
    options: { exitCode?: ExitCode; code?: string; next?: string; cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'UserError';
    this.exitCode = options.exitCode ?? exitCodes.failed;
    this.next = options.next;
    this.code = options.code ?? 'failed';
  }
}

/** A problem with the value of an option. */
export interface OptionProblem extends Problem {
  readonly option: string;
}

interface UsageDetails {
  readonly code?: string;
  readonly next?: string;
  readonly problems?: readonly OptionProblem[];
  /** Flags that are required and were not given. */
  readonly missing?: readonly string[];
}

/** The command line, or what came with it, is wrong: exit code 2. */
export class UsageError extends UserError {
  readonly problems: readonly OptionProblem[];
  readonly missing: readonly string[];

  constructor(message: string, details: UsageDetails = {}) {
    super(message, {
      exitCode: exitCodes.usage,
      code: details.code ?? 'usage',
      ...(details.next === undefined ? {} : { next: details.next }),
    });
    this.problems = details.problems ?? [];
    this.missing = details.missing ?? [];
  }
}

function describe(problem: OptionProblem): string {
  const shown = problem.actual === '' ? '' : `: ${problem.actual}`;
  return `${problem.option}: ${problem.reason}${shown}\n    expected ${problem.expected}`;
}

/** @returns one error that lists all problems, so that they can be fixed in one go. */
export function problemsError(problems: readonly OptionProblem[], help: string): UsageError {
  const [only] = problems;
  const message =
    problems.length === 1 && only !== undefined
      ? describe(only)
      : `${problems.length} values are invalid.\n${problems.map((each) => `  ${describe(each)}`).join('\n')}`;
  return new UsageError(message, { code: only?.code ?? 'usage', problems, next: help });
}

/** The user stopped the command: exit code 130. */
export class Interrupted extends UserError {
  constructor(message = 'Cancelled. Nothing was written.') {
    super(message, { exitCode: exitCodes.interrupted, code: 'interrupted' });
  }
}

/** @returns the system's code of an error, such as `ENOSPC`; undefined for other errors, our own included. */
export function systemCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || error instanceof UserError) return undefined;
  return 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}
