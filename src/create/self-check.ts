import type { CheckResult } from '../doctor/model.ts';
import { ownProgram } from '../project/own-program.ts';
import { environmentFor } from '../project/tool-environment.ts';
import { type Context, exitCodes } from '../terminal/context.ts';
import type { CheckReport } from './report.ts';

/** The self-check of a new project, by its own `scalekit-mcp`, so that what is tried is what its owner will run. */

export interface SelfChecking {
  readonly directory: string;
  readonly context: Context;
  /** Called with each result as it comes. */
  readonly onResult: (result: CheckResult) => void;
}

/** A line of `scalekit-mcp self-check`: a result, or at the end the exit code. */
type Line = { readonly result: CheckResult } | { readonly exitCode: number };

function lineOf(text: string): Line | undefined {
  try {
    const line: unknown = JSON.parse(text);
    const isLine = typeof line === 'object' && line !== null && ('result' in line || 'exitCode' in line);
    return isLine ? (line as Line) : undefined;
  } catch {
    return undefined;
  }
}

function reportOf(exitCode: number | undefined, results: readonly CheckResult[], said: string): CheckReport {
  if (exitCode === exitCodes.ok) return { state: 'done', results };
  // A Scalekit that does not answer says nothing about the project: this is a warning, with its fix in the results.
  if (exitCode === exitCodes.unchecked)
    return { state: 'skipped', detail: 'Something could not be checked', results };
  if (exitCode !== undefined)
    return { state: 'failed', detail: 'The self-check found a problem with the new server.', results };
  const why = said === '' ? 'it ended without output' : said.replace(/^error: /, '');
  return { state: 'failed', detail: `The self-check itself failed: ${why}`, results };
}

/**
 * Lets a project's own program check it. The project stays whatever the outcome.
 * @throws the signal's reason after an abort, once everything that was started has ended.
 */
export async function checkProject({ directory, context, onResult }: SelfChecking): Promise<CheckReport> {
  const program = ownProgram(directory);
  if (program === undefined)
    return { state: 'skipped', detail: 'The project’s own scalekit-mcp was not found', results: [] };
  const { startNode } = await import('../project/programs.ts');
  const results: CheckResult[] = [];
  let exitCode: number | undefined;
  const running = startNode([program, 'self-check'], {
    cwd: directory,
    env: environmentFor(context.env),
    onLine: (text, stream) => {
      const line = stream === 'stdout' ? lineOf(text) : undefined;
      if (line === undefined) return;
      if ('exitCode' in line) exitCode = line.exitCode;
      else {
        results.push(line.result);
        onResult(line.result);
      }
    },
  });
  const stop = () => void running.stop();
  context.signal.addEventListener('abort', stop, { once: true });
  if (context.signal.aborted) stop();
  await running.ended;
  context.signal.removeEventListener('abort', stop);
  context.signal.throwIfAborted();
  return reportOf(exitCode, results, running.errors());
}
