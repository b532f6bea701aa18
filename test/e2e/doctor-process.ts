import { expect } from 'vitest';
import type { RunDoctor } from '../doctor/live/run-case.ts';
import { run } from '../support/program.ts';
import { scalekitProgram } from '../support/repository.ts';

/** The built doctor as a process of its own, with nobody's home. */
export function doctorIn(cwd: string, home: string): RunDoctor {
  return async (args) => {
    const { code, stdout, stderr } = await run(process.execPath, [scalekitProgram, 'doctor', ...args], {
      cwd,
      env: { HOME: home },
    });
    // Its report is on stdout, with or without findings. Node's warnings would come here, too.
    expect(stderr).toBe('');
    return { exitCode: code, output: stdout };
  };
}
