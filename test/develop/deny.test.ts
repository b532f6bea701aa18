import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { runToExitCode } from '../../src/program/run.ts';
import { scalekitMcp } from '../../src/program/toolbox.ts';
import { writtenTo } from '../program/test-context.ts';
import { temporaryDirectory } from '../support/temporary.ts';

/** `scalekit-mcp deny` with a file; `test/server/revocation.slow.test.ts` tests the servers that read it. */

async function deny(
  args: readonly string[],
  env: Record<string, string> = { DENY_FILE: 'denied.txt' },
  cwd?: string,
) {
  const directory = cwd ?? (await temporaryDirectory());
  const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()];
  stdin.end();
  const context = { env, cwd: directory, stdin, stdout, stderr, signal: new AbortController().signal };
  const code = await runToExitCode(scalekitMcp, ['deny', ...args], context);
  const written = await readFile(join(directory, 'denied.txt'), 'utf8').catch(() => undefined);
  return {
    code,
    stdout: writtenTo(stdout),
    stderr: writtenTo(stderr),
    written,
    directory,
  };
}

describe('deny', () => {
  test('writes a line, and reports it in one document', async () => {
    const { code, stdout, written } = await deny(['usr_1', '--until', '2999-01-01', '--yes', '--json']);
    expect(code).toBe(0);
    expect(written).toBe('usr_1 2999-01-01T00:00:00.000Z\n');
    expect(JSON.parse(stdout)).toMatchObject({
      ok: true,
      exitCode: 0,
      dryRun: false,
      id: 'usr_1',
      until: '2999-01-01T00:00:00.000Z',
      places: ['denied.txt'],
    });
  });

  test('uses the file that .env names, and keeps its other lines', async () => {
    const directory = await temporaryDirectory();
    await writeFile(join(directory, '.env'), 'DENY_FILE=denied.txt\n');
    await writeFile(join(directory, 'denied.txt'), '# ours');
    const { code, written } = await deny(['tkn_1', '--until', '2999-01-01', '--yes'], {}, directory);
    expect(code).toBe(0);
    expect(written).toBe('# ours\ntkn_1 2999-01-01T00:00:00.000Z\n');
  });

  test('--dry-run shows it, and writes nothing', async () => {
    const { code, stdout, written } = await deny(['usr_1', '--until', '2999-01-01', '--dry-run']);
    expect(code).toBe(0);
    expect(stdout).toContain('usr_1 is denied until 2999-01-01T00:00:00.000Z.\n  in  denied.txt\n');
    expect(written).toBeUndefined();
  });

  const yes = '--yes';
  test.each([
    [['usr_1', '--until', '1h'], 'there is nobody to agree to it'],
    [[yes], '<id> and --until are missing'],
    [['usr_1', yes], '--until is missing'],
    [['usr_1', '--until', 'soon', yes], '--until: This is not a time: soon'],
    [['usr_1', '--until', '2020-01-01', yes], '--until: This time is over: 2020-01-01'],
    [['a b', '--until', 'soon', yes], '2 values are invalid'],
    [['usr_1', 'usr_2', '--until', '1h', yes], 'too many arguments'],
  ])('%j is refused with 2', async (args, message) => {
    const { code, stderr, written } = await deny(args);
    expect(code).toBe(2);
    expect(stderr).toContain(message);
    expect(written).toBeUndefined();
  });

  test('a whole token is refused, and not shown', async () => {
    const token = [{ alg: 'RS256' }, { sub: 'usr_1' }].map((part) =>
      Buffer.from(JSON.stringify(part)).toString('base64url'),
    );
    const { code, stderr } = await deny([`${token.join('.')}.c2lnbmF0dXJl`, '--until', '1h', yes]);
    expect(code).toBe(2);
    expect(stderr).toContain('token explain');
    expect(stderr).not.toContain(token[1]);
  });

  test('without a deny list it says which variables name one', async () => {
    const { code, stderr } = await deny(['usr_1', '--until', '1h', yes], {});
    expect(code).toBe(2);
    expect(stderr).toContain('Neither DENY_FILE nor REDIS_URL is set');
  });

  test.each([
    [{ REDIS_URL: 'http://x:hunter2@y' }, /SCALEKIT_RESOURCE_ID/, 2],
    [{ REDIS_URL: 'http://x:hunter2@y', SCALEKIT_RESOURCE_ID: 'res_1' }, /REDIS_URL: This is not the URL/, 1],
    [{ REDIS_URL: 'redis://x:hunter2@y', SCALEKIT_RESOURCE_ID: 'res_1' }, /install ioredis/, 1],
    [{ DENY_FILE: 'no/such/folder/x' }, /cannot be written \(ENOENT\)/, 1],
  ])('%j is explained', async (env, message, expected) => {
    const { code, stderr } = await deny(['usr_1', '--until', '1h', yes], env as Record<string, string>);
    expect(stderr).toMatch(message);
    expect(code).toBe(expected);
    expect(stderr).not.toContain('hunter2');
  });
});
