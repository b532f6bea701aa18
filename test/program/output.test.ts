import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setImmediate } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { createProgram, scalekitProgram } from '../support/repository.ts';
import { temporaryDirectory } from '../support/temporary.ts';

/** What a program prints arrives whole, however late it is read, and a reader that goes away changes no exit code. */

const programs = [
  ['create-scalekit-mcp', [createProgram]],
  ['scalekit-mcp', [scalekitProgram, 'create']],
] as const;

/** More than any system keeps for a reader: the names of some thousand files. */
const scopes = Array.from({ length: 2200 }, (_, index) => `notes:${'x'.repeat(48)}${index}`);
const answers = JSON.stringify({ directory: 'x', template: 'blank', scopes });
const flags = ['--answers', '-', '--dry-run', '--json'];

/** Reads a little at a time, so that the writer has to wait again and again. */
async function readSlowly(stream: AsyncIterable<string>): Promise<string> {
  let text = '';
  for await (const piece of stream) {
    text += piece;
    for (let turns = 0; turns < 20; turns += 1) await setImmediate();
  }
  return text;
}

describe.skipIf(process.platform === 'win32').each(programs)('%s', (_, program) => {
  const bash = async (script: string, args: readonly string[]) =>
    spawn('bash', ['-c', script, 'bash', process.execPath, ...program, ...args], {
      cwd: await temporaryDirectory(),
      stdio: ['pipe', 'pipe', 'pipe'],
    });

  test.each([
    ['a socket, as Node.js makes it for a child', 'exec "$@"'],
    ['a pipe, as a shell makes it', 'set -o pipefail; "$@" | { read -r first; echo "$first"; cat; }'],
  ])('writes a long document to its end, through %s', async (_, script) => {
    const child = await bash(script, flags);
    child.stdin.end(answers);
    const closed = once(child, 'close');
    child.stderr.resume();
    const text = await readSlowly(child.stdout.setEncoding('utf8'));
    expect(await closed).toEqual([0, null]);
    expect(text.length).toBeGreaterThan(300_000);
    expect(JSON.parse(text).files.length).toBeGreaterThan(scopes.length);
  });

  test.each([
    ['stdout', flags, '{"directory":"x"}', 0],
    ['stderr', ['--answers', '-'], '{"no_such_answer":1}', 2],
  ] as const)('keeps its exit code where nobody reads its %s', async (name, args, input, code) => {
    const child = await bash('exec "$@"', args);
    const other = name === 'stdout' ? child.stderr : child.stdout;
    let said = '';
    other.setEncoding('utf8').on('data', (piece: string) => {
      said += piece;
    });
    // It prints only when it has read its answers, and by then the reader has gone.
    const closed = once(child[name], 'close');
    child[name].destroy();
    await closed;
    const ended = once(child, 'close');
    child.stdin.end(input);
    expect(await ended).toEqual([code, null]);
    expect(said).toBe('');
  });
});
