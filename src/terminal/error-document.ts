import { type ExitCode, exitCodes } from './context.ts';
import { type OptionProblem, UsageError, UserError } from './errors.ts';
import { version } from './version.ts';

/** Why a command failed, for machines. The fields are those of `UserError` and `UsageError`. */
export interface ErrorReport {
  readonly code: string;
  readonly message: string;
  /** The next command or step. */
  readonly next?: string;
  /** Flags that are required and were not given. */
  readonly missing?: readonly string[];
  readonly problems?: readonly OptionProblem[];
}

/** All that `--json` prints when a command fails. */
export interface ErrorDocument {
  readonly ok: false;
  /** The version of the document's form. */
  readonly version: 1;
  /** E.g. `scalekit-mcp 0.1.0`. */
  readonly tool: string;
  readonly exitCode: ExitCode;
  readonly error: ErrorReport;
}

function reportOf(error: unknown): ErrorReport {
  if (!(error instanceof UserError)) return { code: 'internal', message: String(error) };
  const { code, message, next } = error;
  const { missing, problems } = error instanceof UsageError ? error : { missing: [], problems: [] };
  return {
    code,
    message,
    ...(next === undefined ? {} : { next }),
    ...(missing.length > 0 ? { missing } : {}),
    ...(problems.length > 0 ? { problems } : {}),
  };
}

/**
 * @param tool the program's name.
 * @returns the document that says why a command failed; its exit code is the program's.
 */
export function errorDocument(error: unknown, tool: string): ErrorDocument {
  const exitCode = error instanceof UserError ? error.exitCode : exitCodes.failed;
  return { ok: false, version: 1, tool: `${tool} ${version}`, exitCode, error: reportOf(error) };
}
