import type { CheckResult } from '../doctor/model.ts';
import type { ExitCode } from '../terminal/context.ts';
import type { ErrorReport } from '../terminal/error-document.ts';

/** How a step after the writing ended. `detail` says why it was skipped or failed. */
export interface StepReport {
  readonly state: 'done' | 'skipped' | 'failed';
  readonly detail?: string;
}

export interface CheckReport extends StepReport {
  readonly results: readonly CheckResult[];
}

/** The one document of `--json`, when a project was made. */
export interface CreateReport {
  readonly ok: boolean;
  readonly exitCode: ExitCode;
  readonly dryRun: boolean;
  /** Absolute. */
  readonly directory: string;
  readonly name: string;
  readonly packageName: string;
  readonly template: string;
  /** Which Scalekit `.env` points at. */
  readonly scalekit: 'local' | 'real';
  readonly mcpUrl: string;
  /** What clients connect to. */
  readonly endpoint: string;
  /** Paths, relative and with `/`. */
  readonly files: readonly string[];
  readonly notes: readonly string[];
  readonly install: StepReport;
  readonly git: StepReport;
  readonly check: CheckReport;
  /** Commands to go on with, in order. */
  readonly next: readonly string[];
  /** The command that makes the same project again. */
  readonly repeat: string;
  readonly error?: ErrorReport;
}
