import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { runToExitCode } from '../../src/program/run.ts';
import { scalekitMcp } from '../../src/program/toolbox.ts';
import type { Context } from '../../src/terminal/context.ts';
import { temporaryDirectory } from '../support/temporary.ts';
import { until } from '../support/waiting.ts';

interface Ran {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

interface Surroundings {
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string;
  readonly signal?: AbortSignal;
  readonly onOutput?: (text: string) => void;
}

/** The command as a person runs it, with its whole environment under the test's control. */
async function doctor(args: readonly string[], around: Surroundings): Promise<Ran> {
  const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()];
  const written = { stdout: '', stderr: '' };
  stdout.on('data', (chunk) => {
    written.stdout += chunk;
    around.onOutput?.(written.stdout);
  });
  stderr.on('data', (chunk) => {
    written.stderr += chunk;
  });
  stdin.end(around.input ?? '');
  const signal = around.signal ?? new AbortController().signal;
  const context: Context = {
    env: { HOME: around.cwd, ...around.env },
    cwd: around.cwd,
    stdin,
    stdout,
    stderr,
    signal,
  };
  const exitCode = await runToExitCode(scalekitMcp, ['doctor', ...args], context);
  return { exitCode, ...written };
}

/** A folder with a FastMCP project in which MCP_URL lacks its slash. */
async function project(
  env = 'SCALEKIT_ENVIRONMENT_URL=https://acme.scalekit.dev\nSCALEKIT_RESOURCE_ID=res_1\nMCP_URL=http://localhost:1\n',
) {
  const cwd = await temporaryDirectory('doctor-command');
  await writeFile(join(cwd, '.env'), env, { mode: 0o600 });
  await writeFile(join(cwd, 'requirements.txt'), 'fastmcp==4.1.6\n');
  return cwd;
}

const codesIn = (text: string) => [...new Set(text.match(/SKM\d{3}/g))].sort();

describe('usage', () => {
  test.each([
    ['an unknown code', ['--only', 'SKM999'], 'SKM999'],
    ['an unknown step', ['--skip', 'scaleki'], 'configuration, scalekit, server, token, tools'],
    ['an unknown format', ['--format', 'xml'], 'text, json, github'],
    ['an unknown level', ['--fail-on', 'advice'], 'error or warning'],
    ['a URL without a scheme', ['mcp.example.com/mcp'], 'This is not an http(s) URL'],
    ['a URL with a password', ['https://user:hidden@mcp.example.com/'], 'It holds a user name or password'],
    ['a fix of what was saved', ['--from', 'a.json', '--fix'], '--from'],
    ['--yes alone', ['--yes'], '--fix'],
    ['an empty token', ['--token', '-'], 'There is no token'],
    ['a file that is not there', ['--from', 'missing.json'], 'cannot be read: ENOENT'],
    ['a code that is none', ['--explain', 'SKM999'], 'There is no such code'],
  ])('refuses %s, and says what is valid', async (_, args, expected) => {
    const { exitCode, stderr, stdout } = await doctor(args, { cwd: await project() });
    expect(exitCode).toBe(2);
    expect(stderr).toContain(expected);
    expect(stderr).not.toContain('hidden');
    expect(stdout).toBe('');
  });

  test('says what it needs where there is no project and no URL', async () => {
    const { exitCode, stderr } = await doctor([], { cwd: await temporaryDirectory() });
    expect(exitCode).toBe(2);
    expect(stderr).toContain('There is no project in this folder, and no URL was given.');
    expect(stderr).toContain('npx scalekit-mcp doctor https://mcp.example.com/mcp');
  });

  test('explains a code by its page', async () => {
    const { exitCode, stdout } = await doctor(['--explain', 'skm108'], { cwd: await temporaryDirectory() });
    expect(exitCode).toBe(0);
    expect(stdout).toBe(await readFile('docs/doctor/SKM108.md', 'utf8'));
  });
});

test('says in JSON too why it did nothing', async () => {
  const { exitCode, stdout, stderr } = await doctor(['--json'], { cwd: await temporaryDirectory() });
  expect(exitCode).toBe(2);
  expect(JSON.parse(stdout)).toMatchObject({
    version: 1,
    exitCode: 2,
    error: { code: 'usage', message: 'There is no project in this folder, and no URL was given.' },
  });
  expect(stderr).toBe('');
});

describe('--offline', () => {
  test('examines files alone, and says why it skipped the rest', async () => {
    const { exitCode, stdout } = await doctor(['--offline'], { cwd: await project() });
    expect(codesIn(stdout)).toEqual(['SKM108']);
    expect(stdout).toContain('not checked: Nothing was requested over the network (--offline)');
    expect(exitCode).toBe(0);
  });

  test('fails on a warning if told to', async () => {
    const { exitCode } = await doctor(['--offline', '--fail-on', 'warning'], { cwd: await project() });
    expect(exitCode).toBe(1);
  });

  test.each([
    ['--only', 'SKM108', ['SKM108']],
    ['--only', 'server,token', []],
    ['--skip', 'configuration', []],
    ['--skip', 'skm108', []],
  ])('%s %s', async (option, list, codes) => {
    const { stdout } = await doctor(['--offline', '--json', option, list], { cwd: await project() });
    const { results } = JSON.parse(stdout);
    const found = results.filter(({ state }: { state: string }) => state === 'found');
    expect(found.map(({ code }: { code: string }) => code)).toEqual(codes);
    if (list === 'SKM108') expect(results).toHaveLength(1);
  });

  test('ends with the same exit code in every format', async () => {
    const cwd = await project('SCALEKIT_RESOURCE_ID=conn_1\n');
    for (const format of ['text', 'json', 'github'])
      expect((await doctor(['--offline', '--format', format], { cwd })).exitCode).toBe(1);
    expect((await doctor(['--offline', '--quiet'], { cwd })).exitCode).toBe(1);
  });

  test('is quiet if nothing is wrong', async () => {
    const cwd = await project(
      'SCALEKIT_ENVIRONMENT_URL=https://acme.scalekit.dev\nSCALEKIT_RESOURCE_ID=res_1\nMCP_URL=http://localhost:1/\n',
    );
    expect(await doctor(['--offline', '--quiet'], { cwd })).toEqual({ exitCode: 0, stdout: '', stderr: '' });
  });

  test('annotates lines for GitHub', async () => {
    const { stdout } = await doctor(['--offline', '--format', 'github'], { cwd: await project() });
    expect(stdout).toMatch(
      /^::warning file=\.env,line=3,title=SKM108%3A MCP_URL has no slash at its end::found /,
    );
    expect(stdout.trim().split('\n')).toHaveLength(1);
  });
});

describe('ignores', () => {
  test('hide a finding, and are listed with their reason', async () => {
    const cwd = await project();
    const ignore = [{ code: 'SKM108', reason: 'a proxy adds it' }];
    await writeFile(join(cwd, 'scalekit-doctor.json'), JSON.stringify({ ignore }));
    const { exitCode, stdout } = await doctor(['--offline', '--fail-on', 'warning'], { cwd });
    expect(stdout).toContain('ignored SKM108: a proxy adds it');
    expect(exitCode).toBe(0);
  });
});

describe('--fix', () => {
  test('shows its changes, makes them, and checks again', async () => {
    const cwd = await project();
    const { exitCode, stdout, stderr } = await doctor(['--offline', '--fix', '--yes'], { cwd });
    expect(stderr).toContain('- MCP_URL=http://localhost:1\n    + MCP_URL=http://localhost:1/\n');
    expect(stderr).toContain('✓ .env');
    expect(await readFile(join(cwd, '.env'), 'utf8')).toContain('\nMCP_URL=http://localhost:1/\n');
    expect(stdout.indexOf('SKM108')).toBeLessThan(stdout.indexOf('Nothing is wrong'));
    expect(exitCode).toBe(0);
  });

  test('prints one document for programs: the one after the fix', async () => {
    const { stdout } = await doctor(['--offline', '--fix', '--yes', '--json'], { cwd: await project() });
    expect(JSON.parse(stdout).summary).toMatchObject({ warning: 0, error: 0 });
  });

  test('changes nothing without a terminal to confirm', async () => {
    const cwd = await project();
    const before = await readFile(join(cwd, '.env'), 'utf8');
    const { exitCode, stderr } = await doctor(['--offline', '--fix'], { cwd });
    expect(exitCode).toBe(2);
    expect(stderr).toContain('npx scalekit-mcp doctor --fix --yes');
    expect(await readFile(join(cwd, '.env'), 'utf8')).toBe(before);
  });

  test('says so if there is nothing to fix', async () => {
    const cwd = await project('SCALEKIT_RESOURCE_ID=conn_1\n');
    const { exitCode, stderr } = await doctor(['--offline', '--fix', '--yes'], { cwd });
    expect(stderr).toContain('nothing that can be fixed automatically');
    expect(exitCode).toBe(1);
  });
});

describe('--token', () => {
  const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const now = Math.floor(Date.now() / 1000);
  const claims = {
    iss: 'https://acme.scalekit.dev',
    aud: ['res_2'],
    sub: 'usr_secret_person',
    exp: now + 60,
    iat: now,
  };
  const token = `${encode({ alg: 'RS256', typ: 'at+jwt', kid: 'k' })}.${encode(claims)}.${'s'.repeat(300)}`;

  test.each([
    ['the flag', ['--token', token], {}, ''],
    ['the flag, with Bearer', ['--token', `Bearer ${token}`], {}, ''],
    ['stdin', ['--token', '-'], {}, `${token}\n`],
    ['the environment', [], { SCALEKIT_MCP_TOKEN: token }, ''],
  ])('is read from %s, and appears in no output', async (_, args, env, input) => {
    const cwd = await project();
    const saved = join(cwd, 'facts.json');
    const ran = await doctor(['--offline', '--verbose', '--save', saved, ...args], { cwd, env, input });
    expect(ran.stdout).toContain('SKM401');
    expect(ran.stdout).toContain('Whether this server should accept it could not be found out');
    const everything = `${ran.stdout}${ran.stderr}${await readFile(saved, 'utf8')}`;
    expect(everything).not.toContain(token.slice(-40));
    expect(everything).not.toContain(token.slice(0, 40));
    expect(everything).not.toContain('usr_secret_person');
  });

  test('is checked without a project, too', async () => {
    const { stdout, exitCode } = await doctor(['--offline', '--token', 'abc'], {
      cwd: await temporaryDirectory(),
    });
    expect(codesIn(stdout)).toContain('SKM401');
    expect(exitCode).toBe(1);
  });
});

describe('--save and --from', () => {
  test('give the same report elsewhere', async () => {
    const cwd = await project('SCALEKIT_RESOURCE_ID=conn_1\nSCALEKIT_CLIENT_SECRET=test_verysecret\n');
    const file = join(cwd, 'facts.json');
    const here = await doctor(['--offline', '--json', '--save', file], { cwd });
    expect(await readFile(file, 'utf8')).not.toContain('verysecret');
    const there = await doctor(['--json', '--from', file], { cwd: await temporaryDirectory() });
    expect(JSON.parse(there.stdout)).toEqual(JSON.parse(here.stdout));
    expect(there.exitCode).toBe(here.exitCode);
  });

  test.each([
    ['not JSON', 'nonsense', 'is not JSON'],
    ['another document', '{"format":1}', 'holds no facts'],
    ['facts of another doctor', '{"format":2}', 'holds no facts'],
  ])('refuse %s', async (_, text, expected) => {
    const cwd = await temporaryDirectory();
    await writeFile(join(cwd, 'a.json'), text);
    const { exitCode, stderr } = await doctor(['--from', 'a.json'], { cwd });
    expect(exitCode).toBe(2);
    expect(stderr).toContain(expected);
  });
});

describe('--watch', () => {
  test('checks again when .env changes, until it is interrupted', async () => {
    const cwd = await project();
    const interruption = new AbortController();
    let output = '';
    const running = doctor(['--offline', '--watch'], {
      cwd,
      signal: interruption.signal,
      onOutput: (text) => {
        output = text;
      },
    });
    await until('the first report', () => output.includes('SKM108'));
    await writeFile(
      join(cwd, '.env'),
      (await readFile(join(cwd, '.env'), 'utf8')).replace('localhost:1', 'localhost:1/'),
    );
    await until('the second report', () => output.includes('Nothing is wrong'));
    interruption.abort(new Error('Interrupted.'));
    expect((await running).exitCode).toBe(130);
  });
});
