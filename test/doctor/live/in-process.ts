import { PassThrough } from 'node:stream';
import { scalekitMcp } from '../../../src/program/toolbox.ts';
import type { RunDoctor } from './run-case.ts';

/** @returns the doctor in this process, in a folder, with nobody's home and no environment but `env`. */
export function doctorIn(cwd: string, env: Readonly<Record<string, string>> = {}): RunDoctor {
  return async (args) => {
    const stdout = new PassThrough();
    let output = '';
    stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
    const { signal } = new AbortController();
    const stderr = new PassThrough().resume();
    const context = { env: { HOME: cwd, ...env }, cwd, stdin: new PassThrough(), stdout, stderr, signal };
    const exitCode = await scalekitMcp(['doctor', ...args], context);
    return { exitCode, output };
  };
}
