import { execFile } from 'node:child_process';
import { environmentFor } from './tool-environment.ts';

/** How a small program has ended, and what it wrote to stdout. */
export interface Answered {
  /** Undefined if it could not run, or took too long. */
  readonly exitCode: number | undefined;
  readonly stdout: string;
}

/** Longer than a program that only looks something up ever needs, in milliseconds. */
const limit = 3000;

/**
 * Asks a program of the system that answers at once and starts no others (git, ps, lsof). Everything else is run by
 * `programs.ts`, which can end a whole process tree, and takes about 30 ms to load.
 * @returns how it ended. A program that is absent or fails is an answer, not an error.
 */
export function askProgram(
  program: string,
  args: readonly string[],
  directory = process.cwd(),
): Promise<Answered> {
  return new Promise((settle) => {
    const child = execFile(
      program,
      args,
      { cwd: directory, env: { ...environmentFor(process.env) }, timeout: limit, windowsHide: true },
      (_error, stdout) => {
        settle({ exitCode: child.exitCode ?? undefined, stdout });
      },
    );
    child.stdin?.end();
  });
}
