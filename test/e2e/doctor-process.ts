import { expect } from 'vitest';
import type { RunDoctor } from '../doctor/live/run-case.ts';
import { run } from '../support/program.ts';
import { scalekitProgram } from '../support/repository.ts';

/** The built doctor as a process of its own, with an empty home directory. */
export function doctorIn(cwd: string, home: string): RunDoctor {
  return async (args) => {
    const { code, stdout, stderr } = await run(process.execPath, [scalekitProgram, 'doctor', ...args], {
      cwd,
      env: { HOME: home },
    });
    // Node's own warnings would show up here, next to the messages of --fix and --save.
    expect(stderr).not.toContain('Warning');
    return { exitCode: code, output: stdout };
  };
}
