import { PassThrough } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { commands } from '../../src/program/commands/index.ts';
import { type Program, runToExitCode } from '../../src/program/run.ts';
import { scalekitMcp } from '../../src/program/toolbox.ts';
import type { Context } from '../../src/terminal/context.ts';
import { run } from '../support/program.ts';
import { scalekitProgram } from '../support/repository.ts';
import { temporaryDirectory } from '../support/temporary.ts';
import { writtenTo } from './test-context.ts';

/** With `--json` stdout is one JSON document, whatever happens, and the exit code in it is the program's. */

interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

async function runWith(
  program: Program,
  args: readonly string[],
  signal = new AbortController().signal,
): Promise<Ran> {
  const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()];
  const cwd = await temporaryDirectory();
  const context: Context = { env: { HOME: cwd, XDG_STATE_HOME: cwd }, cwd, stdin, stdout, stderr, signal };
  stdin.end();
  const code = await runToExitCode(program, args, context);
  return { code, stdout: writtenTo(stdout), stderr: writtenTo(stderr) };
}

const scalekit = (args: readonly string[]) => runWith(scalekitMcp, args);

const withJson = commands
  .filter((row) => 'passes' in row || row.options.some(([flags]) => /--json\b/.test(flags)))
  .map(({ name }) => name);

describe('--json', () => {
  test('is accepted by the commands whose output programs read', () => {
    expect(withJson).toEqual(expect.arrayContaining(['create', 'doctor', 'emulate', 'register']));
  });

  test.each(withJson)('%s: an unknown option gives a JSON document', async (name) => {
    for (const flags of [
      ['--json', '--no-such-option'],
      ['--no-such-option', '--json'],
    ]) {
      const { code, stdout, stderr } = await scalekit([name, ...flags]);
      expect({ code, stderr }).toEqual({ code: 2, stderr: '' });
      expect(JSON.parse(stdout)).toMatchObject({
        exitCode: 2,
        error: { code: expect.stringMatching(/./), message: expect.stringContaining('--no-such-option') },
      });
    }
  });

  test.each([
    [['emulate', '--json', '--port', 'abc'], 2, /--port: .*abc/],
    [['emulate', '--json', '--token-lifetime', 'long'], 2, /--token-lifetime: .*long/],
    [['doctor', '--json', 'ftp://x'], 2, /ftp:\/\/x/],
    [['doctor', '--format', 'json', '--only', 'nothing'], 2, /nothing/],
    [['doctor', '--json', '--format', 'github'], 2, /contradicts/],
    [['register', '--json', '--metadata', '{}'], undefined, /./],
    [['create', '--json'], 2, /directory/],
    [['no-such-command', '--json'], 2, /no-such-command/],
  ])('%j is refused with a JSON document', async (args, expected, message) => {
    const { code, stdout, stderr } = await scalekit(args);
    const document = JSON.parse(stdout);
    expect(document).toMatchObject({ exitCode: code, error: { message: expect.stringMatching(message) } });
    if (expected !== undefined) expect(code).toBe(expected);
    expect(code).not.toBe(0);
    expect(stderr).toBe('');
  });

  test('an interrupt gives a document, too, and so does a bug of ours', async () => {
    const aborted = AbortSignal.abort(new Error('Interrupted.'));
    const fails = () => Promise.reject(new TypeError('x is not a function'));
    const interrupted = await runWith(fails, ['--json'], aborted);
    expect(JSON.parse(interrupted.stdout)).toMatchObject({ exitCode: 130, error: { code: 'interrupted' } });
    expect(interrupted.code).toBe(130);
    const broken = await runWith(fails, ['--json']);
    expect(JSON.parse(broken.stdout)).toMatchObject({ exitCode: 1, error: { code: 'internal' } });
    expect(broken.stderr).toBe('');
  });

  test('after -- it is not a flag', async () => {
    const { stdout, stderr } = await scalekit(['emulate', '--port', 'abc', '--', '--json']);
    expect(stdout).toBe('');
    expect(stderr).toContain('error: ');
  });

  test('the built program does the same', async () => {
    const args = [scalekitProgram, 'emulate', '--json', '--port', 'abc'];
    const { code, stdout, stderr } = await run(process.execPath, args);
    expect({ code, stderr }).toEqual({ code: 2, stderr: '' });
    expect(JSON.parse(stdout)).toMatchObject({
      ok: false,
      exitCode: 2,
      error: { problems: [{ option: '--port' }] },
    });
  });
});

test('every command describes itself in one line, and names its own file', async () => {
  for (const { name, summary } of commands) {
    expect(summary).toMatch(/^[a-z][^\n]{10,110}$/);
    const { code, stdout } = await scalekit([name, '--help']);
    expect({ code, usage: stdout.includes(name) }).toEqual({ code: 0, usage: true });
  }
});
