import type { CheckResult } from '../doctor/model.ts';
import type { ExitCode } from '../terminal/context.ts';

/** The one document of `register --json`. */
export interface RegisterReport {
  readonly ok: boolean;
  readonly exitCode: ExitCode;
  readonly dryRun: boolean;
  /**
   * `registered`: it is at Scalekit, and the variables are known; `filled`: `.env` has what was pasted;
   * `unchanged`: everything was so already; `planned`:
   * nothing was done; `steps`: `steps` are to be done in the dashboard in its place.
   */
  readonly state: 'registered' | 'filled' | 'unchanged' | 'planned' | 'steps';
  readonly environment?: { readonly id: string; readonly name: string; readonly type: string };
  readonly server?: {
    readonly state: 'created' | 'found' | 'new';
    readonly name: string;
    readonly url: string;
    readonly id?: string;
    /** The authorization server, as its own metadata says; absent where that could not be read. */
    readonly issuer?: string;
  };
  readonly scopes?: {
    readonly created: readonly string[];
    readonly present: readonly string[];
    /** Of the environment, and attached to the server by Scalekit. */
    readonly others: readonly string[];
    /** Not offered by the registered server yet. */
    readonly missing: readonly string[];
  };
  /** For the server: what `.env` holds now, or with `--mcp-url` what production needs. */
  readonly variables: Readonly<Record<string, string>>;
  /** With `--mcp-url`: the lines of production's env file. */
  readonly production?: readonly string[];
  /** Of `.env`: the variables that were changed, or would be. */
  readonly changed: readonly string[];
  /** What the plan said to mind, before anything was done. */
  readonly warnings: readonly string[];
  /** What turned out on the way. */
  readonly notes: readonly string[];
  /** What is left to do in the dashboard. */
  readonly steps: readonly string[];
  readonly check?: readonly CheckResult[];
}
