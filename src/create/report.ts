import type { CheckResult } from '../doctor/model.ts';
import type { RegisterReport } from '../register/report.ts';
import type { ExitCode } from '../terminal/context.ts';
import type { ErrorReport } from '../terminal/error-document.ts';

/** How a step after writing the files ended. `detail` says why it was skipped or failed. */
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
  /** The user stopped it: nothing failed. */
  readonly interrupted?: boolean;
}

/** The document of `--json` when a project was made. */
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
  /** The URL that clients connect to. */
  readonly endpoint: string;
  /** Paths, relative and with `/`. */
  readonly files: readonly string[];
  /** Files that existed with another content, which is lost. */
  readonly replaced: readonly string[];
  readonly notes: readonly string[];
  readonly install: StepReport;
  readonly git: StepReport;
  readonly check: CheckReport;
  /** With `--register`. `skipped`: steps in the dashboard are left to do. */
  readonly register?: RegisterStep;
  /** Commands to continue with, in order. */
  readonly next: readonly string[];
  /** The command that connects a client, in the project's folder. */
  readonly connect: string;
  /** The command that makes the same project again. */
  readonly repeat: string;
  /** Set if only this shell reads the command correctly. */
  readonly repeatIn?: 'PowerShell';
  readonly error?: ErrorReport;
}
