import { PassThrough } from 'node:stream';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Emulator, startEmulator } from '../../src/emulator/index.ts';
import { scalekitMcp } from '../../src/program/toolbox.ts';
import { makeDirectory, removeDirectory } from '../support/temporary.ts';
import { scalekitFaults, serverFaults, tokens } from './live/cases.ts';
import { examine, exitCodeFor, type RunDoctor } from './live/run-case.ts';

let emulator: Emulator;
let empty: string;

beforeAll(async () => {
  emulator = await startEmulator();
  empty = await makeDirectory('doctor-live');
});

afterAll(async () => {
  await emulator.close();
  await removeDirectory(empty);
});

/** The doctor in this process, in an empty folder and with nobody's home. */
const doctor: RunDoctor = async (args) => {
  const stdout = new PassThrough();
  let output = '';
  stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
  });
  const { signal } = new AbortController();
  const context = {
    env: { HOME: empty },
    cwd: empty,
    stdin: new PassThrough(),
    stdout,
    stderr: new PassThrough(),
    signal,
  };
  const exitCode = await scalekitMcp(['doctor', ...args], context);
  return { exitCode, output };
};

describe.each([
  ['a server with one fault', serverFaults],
  ['Scalekit with one fault', scalekitFaults],
  ['a token', tokens],
])('%s', (_, cases) => {
  test.each(cases.filter(({ slow }) => !slow))('$name', async (each) => {
    const said = await examine(each, emulator, doctor);
    expect(said.found).toEqual(each.codes);
    expect(said.exitCode).toBe(exitCodeFor(said));
  });
});
