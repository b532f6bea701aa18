import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Emulator, startEmulator } from '../../src/emulator/index.ts';
import { freePort } from '../support/ports.ts';
import { makeDirectory, removeDirectory, temporaryDirectory } from '../support/temporary.ts';
import { scalekitFaults, serverFaults, tokens } from './live/cases.ts';
import { doctorIn } from './live/in-process.ts';
import { examine, exitCodeFor, type RunDoctor } from './live/run-case.ts';
import { startSmallServer } from './live/small-server.ts';

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

test('plain http at an https URL is not reported as a certificate problem', async () => {
  const server = await startSmallServer(emulator, {});
  try {
    const { exitCode, output } = await doctor([server.endpoint.replace('http:', 'https:'), '--json']);
    const [first] = JSON.parse(output).results;
    expect(first).toMatchObject({
      code: 'SKM301',
      level: 'error',
      title: 'The server speaks plain http where https is asked',
    });
    expect(exitCode).toBe(1);
  } finally {
    await server.close();
  }
});

test('the real port outweighs the configured one: MCP_URL changes, and PORT stays', async () => {
  const server = await startSmallServer(emulator, {});
  try {
    const { port } = new URL(server.endpoint);
    const directory = await temporaryDirectory();
    const file = join(directory, '.env');
    const wrong = `MCP_URL=http://localhost:${await freePort()}/`;
    const right = `PORT=${port}\nSCALEKIT_ENVIRONMENT_URL=${emulator.url}\nSCALEKIT_RESOURCE_ID=${emulator.resourceId}\n`;
    await writeFile(file, `${right}${wrong}\n`, { mode: 0o600 });
    const { output } = await doctorIn(directory)(['--json', '--fix', '--yes']);
    expect(await readFile(file, 'utf8')).toBe(`${right}MCP_URL=http://localhost:${port}/\n`);
    expect(
      JSON.parse(output).results.filter(({ code }: { code: string }) => code === 'SKM112'),
    ).toMatchObject([{ state: 'passed' }]);
  } finally {
    await server.close();
  }
});

test('a wrong resource id is named, and Scalekit’s correct keys are not', async () => {
  const server = await startSmallServer(emulator, {});
  try {
    const { port } = new URL(server.endpoint);
    const directory = await temporaryDirectory();
    const settings = `PORT=${port}\nMCP_URL=http://localhost:${port}/\nSCALEKIT_ENVIRONMENT_URL=${emulator.url}\nSCALEKIT_RESOURCE_ID=res_99\n`;
    await writeFile(join(directory, '.env'), settings, { mode: 0o600 });
    const { output } = await doctorIn(directory)(['--json']);
    const results = JSON.parse(output).results as { code: string; state: string; level: string }[];
    const found = results.filter(({ state, level }) => state === 'found' && level !== 'advice');
    expect(found.map(({ code }) => code)).toEqual(['SKM204', 'SKM317']);
  } finally {
    await server.close();
  }
});
