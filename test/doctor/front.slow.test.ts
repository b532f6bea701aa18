import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Emulator, startEmulator } from '../../src/emulator/index.ts';
import { makeDirectory, removeDirectory } from '../support/temporary.ts';
import { type Front, fronts } from './live/fronts.ts';
import { doctorIn } from './live/in-process.ts';
import { startSmallServer } from './live/small-server.ts';
import { startFront } from './live/start-front.ts';

/** A correct server behind something that answers as proxies, tunnels and hosts do. */

let emulator: Emulator;
let empty: string;

beforeAll(async () => {
  emulator = await startEmulator();
  empty = await makeDirectory('doctor-front');
});

afterAll(async () => {
  await emulator.close();
  await removeDirectory(empty);
});

interface Result {
  readonly code: string;
  readonly state: string;
  readonly level?: string;
  readonly fix?: string;
  readonly actual?: string;
}

async function findingsOf(front: Front): Promise<{ found: readonly Result[]; exitCode: number | null }> {
  let origin: string | undefined;
  const server = await startSmallServer(emulator, {}, () => origin);
  const running = await startFront(front, Number(new URL(server.endpoint).port));
  origin = running.origin;
  try {
    const { exitCode, output } = await doctorIn(empty)([`${origin}/mcp`, '--json']);
    const results = JSON.parse(output).results as readonly Result[];
    return {
      found: results.filter(({ state, level }) => state === 'found' && level !== 'advice'),
      exitCode,
    };
  } finally {
    await running.close();
    await server.close();
  }
}

describe('what stands in front is named as the only cause', () => {
  test.each(fronts)('$name', async (front) => {
    const { found, exitCode } = await findingsOf(front);
    expect(found.map(({ code }) => code)).toEqual(front.codes);
    expect(`${found[0]?.actual} ${found[0]?.fix}`).toMatch(front.says);
    expect(exitCode).toBe(1);
  });
});

test('a proxy that passes everything on is not a finding', async () => {
  const { found, exitCode } = await findingsOf({
    name: 'right',
    answer: () => undefined,
    codes: [],
    says: /./,
  });
  expect(found).toEqual([]);
  expect(exitCode).toBe(0);
});
