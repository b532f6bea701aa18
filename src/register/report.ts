import type { CheckResult } from '../doctor/model.ts';
import type { ExitCode } from '../terminal/context.ts';

/** The document of `register --json`. */
export interface RegisterReport {
  readonly ok: boolean;
  readonly exitCode: ExitCode;
  readonly dryRun: boolean;
  /**
   * `registered`: the server is registered, and its variables are known; `filled`: `.env` has the pasted values;
   * `unchanged`: nothing had to change; `planned`: nothing was done; `steps`: do `steps` in the dashboard instead.
   */
  readonly state: 'registered' | 'filled' | 'unchanged' | 'planned' | 'steps';
  readonly environment?: { readonly id: string; readonly name: string; readonly type: string };
  readonly server?: {
    readonly state: 'created' | 'found' | 'new';
    readonly name: string;
    readonly url: string;
    readonly id?: string;
    /** The authorization server, from its own metadata; absent if that could not be read. */
    readonly issuer?: string;
  };
  readonly scopes?: {
    readonly created: readonly string[];
    readonly present: readonly string[];
    /** The environment's other scopes, which Scalekit attached to the server. */
    readonly others: readonly string[];
    /** Not offered by the registered server yet. */
    readonly missing: readonly string[];
  };
  /** The server's variables: those now in `.env`, or with `--mcp-url` those for production. */
  readonly variables: Readonly<Record<string, string>>;
  /** With `--mcp-url`: the lines of production's env file. */
  readonly production?: readonly string[];
  /** The variables in `.env` that were changed, or would be. */
  readonly changed: readonly string[];
  /** Warnings of the plan, before anything was done. */
  readonly warnings: readonly string[];
  /** Notes from carrying it out. */
  readonly notes: readonly string[];
  /** What is left to do in the dashboard. */
  readonly steps: readonly string[];
  readonly check?: readonly CheckResult[];
}
