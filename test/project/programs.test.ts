import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { runProgram, startNode } from '../../src/project/programs.ts';
import { environmentFor } from '../../src/project/tool-environment.ts';
import { repository } from '../support/repository.ts';
import { temporaryDirectory } from '../support/temporary.ts';
import { until } from '../support/waiting.ts';

const node = process.execPath;
const options = { cwd: repository, env: process.env };

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** A program with a child that ignores signals; it writes the process ids of both. */
const family = `
  const { spawn } = require('node:child_process');
  const child = spawn(process.execPath, ['-e', "process.on('SIGTERM', () => {}); setInterval(() => {}, 1000); console.log('up')"]);
  child.stdout.once('data', () => require('node:fs').writeFileSync(process.env.IDS, process.pid + ' ' + child.pid));
  setInterval(() => {}, 1000);
`;

async function familyIn(): Promise<{ env: Record<string, string | undefined>; ids(): Promise<number[]> }> {
  const file = join(await temporaryDirectory(), 'ids');
  return {
    env: { ...process.env, IDS: file },
    ids: () =>
      until('both to run', async () => {
        const ids = (await readFile(file, 'utf8').catch(() => '')).split(' ').filter(Boolean).map(Number);
        return ids.length === 2 && ids;
      }),
  };
}

describe('the environment of tools', () => {
  test('keeps what is needed to reach a registry', () => {
    const reach = {
      NODE_EXTRA_CA_CERTS: '/ca.pem',
      HTTPS_PROXY: 'http://proxy',
      no_proxy: 'localhost',
      npm_config_cafile: '/ca.pem',
      npm_config_userconfig: '/npmrc',
      npm_config_registry: 'https://registry.example/',
      NPM_CONFIG_PROXY: 'http://proxy',
      'npm_config_//registry.example/:_authToken': 'x',
    };
    expect(environmentFor(reach)).toEqual(reach);
  });

  test('drops what was meant for us alone', () => {
    const ours = [
      'npm_config_dry_run',
      'npm_config_json',
      'npm_config_yes',
      'npm_lifecycle_event',
      'GIT_DIR',
    ];
    expect(environmentFor(Object.fromEntries(ours.map((name) => [name, '1'])))).toEqual({});
  });
});

describe('a program that is run', () => {
  test('gives a result, however it ends', async () => {
    const script = 'console.log(1); console.error(2); process.exitCode = 3';
    const failed = await runProgram(node, ['-e', script], options);
    expect(failed).toMatchObject({ exitCode: 3, absent: false, timedOut: false, stdout: '1' });
    expect(failed.output.split('\n').sort()).toEqual(['1', '2']);
    expect(await runProgram(node, ['-e', "process.kill(process.pid, 'SIGTERM')"], options)).toMatchObject({
      exitCode: undefined,
      signal: 'SIGTERM',
    });
  });

  test('that does not exist gives a result, too', async () => {
    expect(await runProgram('no-such-program', [], options)).toMatchObject({
      exitCode: undefined,
      absent: true,
    });
  });

  test('gets an empty stdin', async () => {
    const read = await runProgram(
      node,
      ['-e', "process.stdin.on('end', () => console.log('end')).resume()"],
      options,
    );
    expect(read.stdout).toBe('end');
  });

  test('is ended with all processes that it started when it is interrupted', async () => {
    const { env, ids } = await familyIn();
    const end = new AbortController();
    const running = runProgram(node, ['-e', family], { ...options, env, signal: end.signal });
    const both = await ids();
    end.abort(new Error('enough'));
    await expect(running).rejects.toThrow('enough');
    await until('both to be gone', () => !both.some(isAlive));
  });

  test('is ended when it takes too long', async () => {
    const slow = await runProgram(node, ['-e', 'setInterval(() => {}, 1000)'], { ...options, limit: 100 });
    expect(slow).toMatchObject({ exitCode: undefined, timedOut: true });
  });

  test('is not started after an interrupt', async () => {
    await expect(
      runProgram('no-such-program', [], { ...options, signal: AbortSignal.abort(new Error('enough')) }),
    ).rejects.toThrow('enough');
  });
});

describe('a server that is started', () => {
  test('hands over its lines and keeps the last ones, without terminal control characters', async () => {
    const lines: string[] = [];
    const script = "console.log('one'); console.error('two \\u001b[31m')";
    const program = startNode(['-e', script], {
      ...options,
      onLine: (line, stream) => lines.push(`${stream} ${line}`),
    });
    expect(await program.ended).toMatchObject({ exitCode: 0 });
    expect(program.running).toBe(false);
    expect(lines.sort()).toEqual(['stderr two \u001b[31m', 'stdout one']);
    expect(program.output()).toContain('two \\x1b[31m');
  });

  test('is stopped with all processes that it started', async () => {
    const { env, ids } = await familyIn();
    const program = startNode(['-e', family], { ...options, env });
    const both = await ids();
    await program.stop(200);
    await until('both to be gone', () => !both.some(isAlive));
    await program.stop();
  });
});
