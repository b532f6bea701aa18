import { existsSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { lacks } from '../../support/needs.ts';
import { pythonNeeds, pythonPackages } from '../../support/packages.ts';
import { run } from '../../support/program.ts';
import { createProgram } from '../../support/repository.ts';
import { temporaryDirectory } from '../../support/temporary.ts';

/** The way of the README with uv, which comes from PyPI like the other packages of these tests. */
describe.skipIf(lacks('projects made with uv', pythonNeeds))('with uv', () => {
  test('create installs by it, and the README’s commands work', async () => {
    const bin = dirname(await pythonPackages(['uv==0.13.9']));
    const env = { PATH: `${bin}${delimiter}${process.env.PATH}` };
    const parent = await temporaryDirectory('uv');
    const options = ['--language', 'python', '--yes', '--no-git'];
    const made = await run(process.execPath, [createProgram, 'with-uv', ...options], { cwd: parent, env });
    expect(made.code, made.stdout + made.stderr).toBe(0);
    expect(made.stdout).toContain('✓ Installed with Python and npm');
    const cwd = join(parent, 'with-uv');
    expect(existsSync(join(cwd, 'uv.lock')), 'it was uv').toBe(true);

    const uv = (...args: readonly string[]) => run(join(bin, 'uv'), args, { cwd, env });
    const synced = await uv('sync', '--extra', 'dev');
    expect(synced.code, synced.stderr).toBe(0);
    const tested = await run(join(cwd, '.venv/bin/pytest'), ['-q', 'tests/test_tools.py'], { cwd });
    expect(tested.code, tested.stdout).toBe(0);
    const imported = await uv('run', 'python', '-c', 'import server; print(server.settings.port)');
    expect(imported.stdout, imported.stderr).toBe('3002\n');
  });
});
