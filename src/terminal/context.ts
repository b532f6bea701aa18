import type { Readable, Writable } from 'node:stream';

/** The exit codes of both programs, the same in every output format. */
export const exitCodes = { ok: 0, failed: 1, usage: 2, unchecked: 3, interrupted: 130 } as const;
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** Everything that a command touches outside its own arguments; tests pass a literal. */
export interface Context {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly stdin: Readable & { isTTY?: boolean };
  readonly stdout: Writable & { isTTY?: boolean; columns?: number };
  readonly stderr: Writable & { isTTY?: boolean };
  /** Aborted by SIGINT and SIGTERM: time to release child processes, ports and half-written folders. */
  readonly signal: AbortSignal;
}

/** @returns whether we can ask a person: both ends are terminals and this is not CI (docs/command-line.md#traps). */
export function isInteractive(context: Context): boolean {
  const ci = context.env.CI;
  return (
    (ci === undefined || ci === '' || ci === 'false') &&
    context.stdout.isTTY === true &&
    // The last, since asking opens it.
    context.stdin.isTTY === true
  );
}
