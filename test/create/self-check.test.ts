import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { checkProject } from '../../src/create/self-check.ts';
import type { CheckResult } from '../../src/doctor/model.ts';
import { freePort, isTaken } from '../support/ports.ts';
import { temporaryDirectory } from '../support/temporary.ts';
import { until } from '../support/waiting.ts';

/** A project whose own `scalekit-mcp` is this program. */
async function projectWith(program: string | undefined): Promise<string> {
  const directory = await temporaryDirectory();
  const own = join(directory, 'node_modules/scalekit-mcp');
  await writeFile(join(directory, 'package.json'), '{}');
  if (program === undefined) return directory;
  await mkdir(join(own, 'bin'), { recursive: true });
  await writeFile(join(own, 'package.json'), '{"name":"scalekit-mcp","type":"module"}');
  await writeFile(join(own, 'bin/scalekit-mcp.js'), program);
  return directory;
}

const passed = { code: 'SKM302', step: 'server', title: 'It starts', state: 'passed' };
const write = (...lines: readonly object[]) =>
  lines.map((line) => `console.log(${JSON.stringify(JSON.stringify(line))});`).join('\n');

async function check(program: string | undefined, signal = new AbortController().signal) {
  const directory = await projectWith(program);
  const seen: CheckResult[] = [];
  const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()];
  const context = { env: process.env, cwd: directory, stdin, stdout, stderr, signal };
  const report = await checkProject({ directory, context, onResult: (result) => seen.push(result) });
  return { report, seen };
}

describe('the self-check is the project’s own scalekit-mcp’s', () => {
  test('its results are passed on as they come', async () => {
    const { report, seen } = await check(
      `if (process.argv[2] !== 'self-check') process.exit(9);\n${write({ result: passed }, { exitCode: 0 })}`,
    );
    expect(report).toEqual({ state: 'done', results: [passed] });
    expect(seen).toEqual([passed]);
  });

  test('lines that are not the check’s own are ignored', async () => {
    const { report } = await check(`console.log('hello'); console.log('1');\n${write({ exitCode: 0 })}`);
    expect(report).toEqual({ state: 'done', results: [] });
  });

  test.each([
    [
      'a finding',
      write({ result: { ...passed, state: 'found', level: 'error' } }, { exitCode: 1 }),
      'failed',
      /found a problem with the new server/,
    ],
    ['Scalekit out of reach', write({ exitCode: 3 }), 'skipped', /could not be checked/],
    [
      'handles a program that dies',
      "console.error('error: .env cannot be read'); process.exit(1);",
      'failed',
      /failed: \.env cannot be read/,
    ],
    ['a program that says nothing', '', 'failed', /ended without output/],
    ['a program that is not there', undefined, 'skipped', /own scalekit-mcp was not found/],
  ])('%s', async (_, program, state, detail) => {
    expect((await check(program)).report).toMatchObject({ state, detail: expect.stringMatching(detail) });
  });

  test('an interrupt ends it', async () => {
    const port = await freePort();
    const interruption = new AbortController();
    const checking = check(
      `import { createServer } from 'node:http';\ncreateServer().listen(${port}, '127.0.0.1');`,
      interruption.signal,
    );
    const ended = expect(checking).rejects.toThrow('Interrupted.');
    await until('it runs', () => isTaken(port));
    interruption.abort(new Error('Interrupted.'));
    await ended;
    expect(await isTaken(port)).toBe(false);
  });
});
