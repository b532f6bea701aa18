// The doctor with a real server that has public tools: it does not take them for a hole, and still finds a real one.
import { PassThrough } from 'node:stream';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as z from 'zod';
import { refusedWith401 } from '../../src/doctor/checks/server/304-token-required.ts';
import { known, noFacts } from '../../src/doctor/facts/index.ts';
import { forgeryFor } from '../../src/doctor/gather/forged.ts';
import { askMetadata, gatherServer } from '../../src/doctor/gather/server.ts';
import type { CheckResult } from '../../src/doctor/model.ts';
import { startRun } from '../../src/doctor/run-checks.ts';
import { runToExitCode } from '../../src/program/run.ts';
import { scalekitMcp } from '../../src/program/toolbox.ts';
import type { Context } from '../../src/terminal/context.ts';
import { writtenTo } from '../program/test-context.ts';
import { echo, type Started, start, tool } from '../server/support.ts';
import { temporaryDirectory } from '../support/temporary.ts';

const hello = tool({
  name: 'hello',
  title: 'Hello',
  description: 'Says hello.',
  public: true,
  input: z.object({}),
  annotations: { readOnlyHint: true, destructiveHint: false, openWorldHint: false },
  run: () => 'hello',
});
/** A tool that must not be public: it has no arguments, and changes something. */
const wipe = tool({
  name: 'wipe',
  title: 'Wipe',
  description: 'Wipes.',
  scopes: ['todo:write'],
  input: z.object({}),
  annotations: { readOnlyHint: false, destructiveHint: true, openWorldHint: false },
  run: () => 'wiped',
});

let servers: Readonly<Record<'mixed' | 'risky' | 'open', Started>>;
beforeAll(async () => {
  const [mixed, risky, open] = await Promise.all(
    [[hello, echo], [hello, wipe], [hello]].map((tools) => start({ tools })),
  );
  servers = { mixed, risky, open } as never;
});
afterAll(() => Promise.all(Object.values(servers).map((server) => server.stop())));

async function doctor(...args: readonly string[]) {
  const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()];
  const cwd = await temporaryDirectory();
  const env = { HOME: cwd, XDG_STATE_HOME: cwd };
  const context: Context = { env, cwd, stdin, stdout, stderr, signal: new AbortController().signal };
  stdin.end();
  const code = await runToExitCode(scalekitMcp, ['doctor', ...args, '--json'], context);
  const { results } = JSON.parse(writtenTo(stdout)) as { results: readonly CheckResult[] };
  return { code, results, of: (wanted: string) => results.find((result) => result.code === wanted)?.state };
}

/** The check that create runs on a new server. */
async function selfCheckOf({ endpoint }: Started) {
  const signal = new AbortController().signal;
  const metadata = askMetadata(endpoint, { signal });
  const forgery = Promise.resolve(forgeryFor(endpoint, undefined));
  const server = known(await gatherServer(endpoint, { metadata, forgery }, { signal }));
  return startRun({ ...noFacts('not asked'), server }, [refusedWith401], []).resultsOf(refusedWith401)[0];
}

describe('a server with public tools', () => {
  test('is not reported as open, and the protection of its other tools is checked', async () => {
    const { results, of } = await doctor(servers.mixed.endpoint);
    const wrong = results.filter(({ state, level }) => state === 'found' && level !== 'advice');
    expect(wrong).toEqual([]);
    const looked = ['SKM304', 'SKM305', 'SKM306', 'SKM307', 'SKM322', 'SKM323', 'SKM324', 'SKM343'];
    expect(looked.map((code) => [code, of(code)])).toEqual(looked.map((code) => [code, 'passed']));
  });

  test('is not reported as open if its other tools cannot be tried, or if all are public', async () => {
    expect((await doctor(servers.risky.endpoint)).of('SKM304')).toBe('skipped');
    expect((await doctor(servers.open.endpoint)).of('SKM304')).toBe('passed');
  });

  test('passes with a token', async () => {
    const token = await servers.mixed.scalekit.mint();
    const { results, of } = await doctor(servers.mixed.endpoint, '--token', token);
    expect(results.filter(({ state, level }) => state === 'found' && level !== 'advice')).toEqual([]);
    expect(['SKM501', 'SKM502', 'SKM503'].map(of)).toEqual(['passed', 'passed', 'passed']);
  });

  test('passes the check after its creation', async () => {
    expect((await selfCheckOf(servers.mixed))?.state).toBe('passed');
    expect((await selfCheckOf(servers.risky))?.state).toBe('skipped');
  });
});
