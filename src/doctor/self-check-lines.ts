import type { Context, ExitCode } from '../terminal/context.ts';
import { selfCheck } from './self-check.ts';

/**
 * `scalekit-mcp self-check`, which create runs in a new project. It prints a line of JSON for each result as soon as it is known, and
 * finally one with the exit code.
 * @throws whatever the check throws.
 */
export async function writeSelfCheck({ cwd, signal, stdout }: Context): Promise<ExitCode> {
  const write = (line: object) => stdout.write(`${JSON.stringify(line)}\n`);
  const { exitCode } = await selfCheck({
    directory: cwd,
    signal,
    onResult: (result) => write({ result }),
  });
  write({ exitCode });
  return exitCode;
}
