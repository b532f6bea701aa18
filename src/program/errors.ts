import type { Problem } from '../scalekit/index.ts';
import { exitCodes, UserError } from './context.ts';

/** One thing that is wrong with what was given, and the option it is about. */
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

/** @returns one error that says everything that is wrong at once, so that nobody mends it one by one. */
export function problemsError(problems: readonly OptionProblem[], help: string): UsageError {
  const [only] = problems;
  const message =
    problems.length === 1 && only !== undefined
      ? describe(only)
      : `${problems.length} values are not right.\n${problems.map((each) => `  ${describe(each)}`).join('\n')}`;
  return new UsageError(message, { code: only?.code ?? 'usage', problems, next: help });
}

/** The person stopped it: exit code 130. */
export class Interrupted extends UserError {
  constructor(message = 'Cancelled. Nothing was written.') {
    super(message, { exitCode: exitCodes.interrupted, code: 'interrupted' });
  }
}
