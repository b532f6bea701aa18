import { join } from 'node:path';
import { readEnvFile } from '../project/env-file.ts';
import { variablesIn } from '../project/env-text.ts';
import { ownProgram } from '../project/own-program.ts';
import type { RegisterReport } from '../register/report.ts';
import { localIdentifiers } from '../scalekit/index.ts';
import { type Context, exitCodes } from '../terminal/context.ts';
import type { RegisterStep } from './report.ts';

/** `create --register` runs the new project's own `scalekit-mcp register` once the project is complete. */

export interface Registering {
  readonly directory: string;
  readonly yes: boolean;
  readonly json: boolean;
  readonly context: Context;
}

/** @returns whether `.env` points at a real Scalekit now. */
function isRegistered(directory: string): boolean {
  const id = variablesIn(readEnvFile(join(directory, '.env'))?.text ?? '').SCALEKIT_RESOURCE_ID;
  return id !== undefined && id !== '' && id !== localIdentifiers.resourceId;
}

function reportIn(stdout: string): { report?: RegisterReport } {
  try {
    const document = JSON.parse(stdout) as RegisterReport;
    return 'state' in document ? { report: document } : {};
  } catch {
    return {};
  }
}

/**
 * Registers the project, in the user's terminal. If this fails the project stays, on the local Scalekit.
 * @returns `done` if `.env` points at Scalekit afterwards; `skipped` if steps in the dashboard are left to do.
 */
export async function registerProject({ directory, yes, json, context }: Registering): Promise<RegisterStep> {
  const program = ownProgram(directory);
  if (program === undefined) return { state: 'failed', detail: 'The project has no scalekit-mcp installed.' };
  const { runInTerminal } = await import('../project/programs.ts');
  const args = [program, 'register', ...(yes ? ['--yes'] : []), ...(json ? ['--json'] : [])];
  const ended = await runInTerminal(args, { cwd: directory, env: context.env, keepOutput: json });
  const said = json ? reportIn(ended.stdout) : {};
  if (context.signal.aborted || ended.exitCode === exitCodes.interrupted)
    return { state: 'failed', detail: 'The registration was interrupted.', interrupted: true, ...said };
  if (ended.exitCode !== exitCodes.ok)
    return { state: 'failed', detail: 'The registration failed; its output says why.', ...said };
  if (isRegistered(directory)) return { state: 'done', ...said };
  return { state: 'skipped', detail: 'The steps in the dashboard are still to be done', ...said };
}
