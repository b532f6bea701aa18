import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Emulator, startEmulator } from '../../src/emulator/index.ts';
import { makeDirectory, removeDirectory } from '../support/temporary.ts';
import { scalekitFaults, serverFaults, tokens } from './live/cases.ts';
import { doctorIn } from './live/in-process.ts';
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

/** In an empty folder. */
const doctor: RunDoctor = (args) => doctorIn(empty)(args);

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
