import type { CheckResult } from '../doctor/model.ts';
import type { RegisterReport } from '../register/report.ts';
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

/** How `--register` ended. */
export interface RegisterStep extends StepReport {
  /** With `--json`, what it printed. */
  readonly report?: RegisterReport;
  /** The person has stopped it: nothing failed. */
  readonly interrupted?: boolean;
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
  /** Those of them that were there before, with another content: what was in them is gone. */
  readonly replaced: readonly string[];
  readonly notes: readonly string[];
  readonly install: StepReport;
  readonly git: StepReport;
  readonly check: CheckReport;
  /** With `--register`. `skipped`: steps in the dashboard stand in its place. */
  readonly register?: RegisterStep;
  /** Commands to go on with, in order. */
  readonly next: readonly string[];
  /** The command that makes the same project again. */
  readonly repeat: string;
  /** The only shell that reads it as it is meant, where there is one. */
  readonly repeatIn?: 'PowerShell';
  readonly error?: ErrorReport;
}
