import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Emulator, startEmulator } from '../../src/emulator/index.ts';
import { scalekitFaults, serverFaults, tokens } from '../doctor/live/cases.ts';
import { examine, exitCodeFor } from '../doctor/live/run-case.ts';
import { makeDirectory, removeDirectory } from '../support/temporary.ts';
import { doctorIn } from './doctor-process.ts';

describe('the doctor as a process, on a bare URL', () => {
  let emulator: Emulator;
  let empty: string;

  beforeAll(async () => {
    emulator = await startEmulator();
    empty = await makeDirectory('doctor-e2e');
  });
  afterAll(async () => {
    await emulator.close();
    await removeDirectory(empty);
  });

  test.each([...serverFaults, ...scalekitFaults, ...tokens])('$name', async (each) => {
    const said = await examine(each, emulator, doctorIn(empty, empty));
    expect(said.found).toEqual(each.codes);
    expect(said.exitCode).toBe(exitCodeFor(said));
  });
});
