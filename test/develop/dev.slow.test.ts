import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { startEmulator } from '../../src/emulator/index.ts';
import { keys, pseudoTerminals, Terminal } from '../program/terminal.ts';
import { lacks } from '../support/needs.ts';
import { isTaken } from '../support/ports.ts';
import { scalekitProgram } from '../support/repository.ts';
import { until } from '../support/waiting.ts';
import { Fixture, realScalekit } from './fixture.ts';

const ready = /Ready in /;

describe('dev starts', () => {
  test('the local Scalekit with the project’s scopes, the compiler and the server', async () => {
    const fixture = await Fixture.make('local');
    const dev = await fixture.dev();
    await dev.says(/Ctrl-C ends everything/);
    await dev.says(/^compile\s+no errors/m);
    expect(dev.output).toMatch(
      new RegExp(`^scalekit\\s+http://localhost:${fixture.scalekitPort} \\(local`, 'm'),
    );
    expect(dev.output).toMatch(new RegExp(`^ +endpoint +http://localhost:${fixture.port}/mcp$`, 'm'));
    expect(dev.output).toMatch(/^ +sign in as +First user \(first\.user@example\.com\), Second user/m);
    expect(dev.output, 'what the server writes is shown').toContain(`listening on ${fixture.port}`);
    expect(await fixture.ask()).toContain('first');
    expect(await fixture.scopesOfScalekit()).toEqual(['note:read']);
  });

  test('no local Scalekit where .env points at a real one', async () => {
    const fixture = await Fixture.make('real');
    const dev = await fixture.dev();
    await dev.says(ready);
    expect(dev.output).toMatch(/^scalekit\s+https:\/\/acme\.scalekit\.dev$/m);
    expect(dev.output).not.toContain('sign in as');
    expect(await isTaken(fixture.scalekitPort)).toBe(false);
  });

  test('shows first what doctor finds in the settings of a real Scalekit', async () => {
    const fixture = await Fixture.make('real');
    await fixture.configure({ SCALEKIT_ENVIRONMENT_URL: realScalekit, SCALEKIT_RESOURCE_ID: 'skc_123' });
    const dev = await fixture.dev();
    await dev.says(ready);
    expect(dev.output).toMatch(/^doctor\s+SKM\d+ [^\n]*skc_123/m);
  });

  test('uses a local Scalekit that runs already, and leaves it running', async () => {
    const fixture = await Fixture.make('local');
    const emulator = await startEmulator({ port: fixture.scalekitPort, scopes: ['other:read'] });
    onTestFinished(() => emulator.close());
    const dev = await fixture.dev();
    await dev.says(ready);
    expect(dev.output).toMatch(/already running, and without the scopes note:read/);
    dev.signalGroup('SIGINT');
    await dev.ended();
    expect(await fixture.scopesOfScalekit()).toEqual(['other:read']);
  });
});

describe('dev ends', () => {
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  test.each(signals)('everything on %s', async (signal) => {
    const fixture = await Fixture.make('local');
    const dev = await fixture.dev();
    await dev.says(ready);
    await dev.says(/no errors/);
    expect(await fixture.processes()).toHaveLength(1);
    dev.signalGroup(signal);
    expect(await dev.ended()).toMatchObject({ code: 130 });
    expect(dev.output).not.toMatch(/waiting for a change|error:/);
    expect(await isTaken(fixture.port)).toBe(false);
    expect(await isTaken(fixture.scalekitPort)).toBe(false);
    expect(await fixture.processes()).toEqual([]);
  });

  test('everything when only dev itself is signalled, and lets the server drain', async () => {
    const fixture = await Fixture.make();
    const dev = await fixture.dev();
    await dev.says(ready);
    dev.child.kill('SIGTERM');
    expect(await dev.ended()).toMatchObject({ code: 130, stderr: expect.stringContaining('drained') });
    expect(await fixture.processes()).toEqual([]);
  });

  test('a server that ignores the signal', async () => {
    const fixture = await Fixture.make();
    await fixture.write(
      'src/answer.ts',
      `process.on('SIGTERM', () => {}).on('SIGINT', () => {});\nsetInterval(() => {}, 1000);\nexport const answer = () => 'stubborn';`,
    );
    const dev = await fixture.dev();
    await dev.says(ready);
    dev.signalGroup('SIGINT');
    expect(await dev.ended()).toMatchObject({ code: 130 });
    expect(await fixture.processes()).toEqual([]);
    expect(await isTaken(fixture.port)).toBe(false);
  });

  test('its server even when dev itself is killed', async () => {
    const fixture = await Fixture.make();
    const dev = await fixture.dev();
    await dev.says(ready);
    dev.child.kill('SIGKILL');
    await until('the server to be gone', async () => !(await isTaken(fixture.port)));
    await until('no process to be left', async () => (await fixture.processes()).length === 0);
  });
});

describe.skipIf(lacks('dev in a terminal', [pseudoTerminals]))('dev in a terminal', () => {
  test.each([
    ['100 columns', 100, {}, true],
    ['60 columns', 60, {}, true],
    ['NO_COLOR', 100, { NO_COLOR: '1' }, false],
  ])('%s: shows the addresses, and one Ctrl-C ends it', async (_, columns, env, isStyled) => {
    const fixture = await Fixture.make('local');
    const terminal = new Terminal(`${process.execPath} ${scalekitProgram} dev`, {
      cwd: fixture.directory,
      columns,
      env: { XDG_STATE_HOME: join(fixture.directory, '.state'), ...env },
    });
    onTestFinished(() => terminal.close());
    await terminal.see('Ctrl-C ends everything', 60_000);
    await terminal.see(/^compile +no errors/m, 60_000);
    for (const row of [
      `endpoint    http://localhost:${fixture.port}/mcp`,
      'a token     TOKEN=$(npx scalekit-mcp token)',
      'its tools   npx scalekit-mcp list',
    ])
      expect(terminal.screen()).toContain(row);
    expect(terminal.isStyled()).toBe(isStyled);
    terminal.type(keys.ctrlC);
    expect(await terminal.exit()).toBe(130);
    expect(terminal.screen()).not.toMatch(/error:|waiting for a change/);
    expect(await fixture.processes()).toEqual([]);
  });
});

describe('dev ends with the npm that runs it', () => {
  test.each([
    ['npm’s shell is told to end', false, 'SIGTERM'],
    ['npm’s shell is killed', false, 'SIGKILL'],
    ['npm is killed, and leaves its shell', true, 'SIGKILL'],
  ] as const)('when %s, without a message about it', async (_, npm, signal) => {
    const fixture = await Fixture.make('local');
    const shell = await fixture.devUnderShell(npm);
    await shell.says(ready);
    shell.child.kill(signal);
    await until('no process to be left', async () => (await fixture.processes()).length === 0, 30_000);
    expect(await isTaken(fixture.port)).toBe(false);
    expect(await isTaken(fixture.scalekitPort)).toBe(false);
  });
});

describe('dev cannot start', () => {
  test('on a port that another program uses: it says so, and touches nothing', async () => {
    const fixture = await Fixture.make('local');
    const other = createServer((_, response) => response.end('other')).listen(fixture.port, '127.0.0.1');
    onTestFinished(() => void other.close());
    await once(other, 'listening');
    const dev = await fixture.dev();
    expect(await dev.ended()).toMatchObject({ code: 1 });
    expect(dev.output).toMatch(
      new RegExp(`Port ${fixture.port} is taken by .+ \\(process ${process.pid}\\)\\.`),
    );
    expect(await fixture.ask()).toEqual(['other']);
    expect(await isTaken(fixture.scalekitPort)).toBe(false);
  });

  test('when another program has the local Scalekit’s port', async () => {
    const fixture = await Fixture.make('local');
    const other = createServer((_, response) => response.end('{}')).listen(fixture.scalekitPort);
    onTestFinished(() => void other.close());
    await once(other, 'listening');
    const dev = await fixture.dev();
    expect(await dev.ended()).toMatchObject({ code: 1 });
    expect(dev.output).toContain(`Port ${fixture.scalekitPort} is taken by another program`);
    expect(await isTaken(fixture.port)).toBe(false);
  });

  test.each([
    ['package.json', /no project in .*: it needs a package\.json and a tsconfig\.json/],
    ['tsconfig.json', /no project in /],
    ['node_modules', /TypeScript is not installed in [\s\S]*npm install/],
    ['src/main.ts', /There is no dist\/compiled\/src\/main\.js after compiling/],
  ])('without %s', async (path, message) => {
    const fixture = await Fixture.make();
    await rm(join(fixture.directory, path));
    const dev = await fixture.dev();
    expect(await dev.ended()).toMatchObject({ code: 1 });
    expect(dev.output).toMatch(message);
  });

  test('in another Python project: says what to do instead', async () => {
    const fixture = await Fixture.make();
    await rm(join(fixture.directory, 'package.json'));
    await fixture.write('pyproject.toml', '');
    const dev = await fixture.dev();
    expect(await dev.ended()).toMatchObject({ code: 1 });
    expect(dev.output).toMatch(/no server\.py in [\s\S]*scalekit-mcp emulate/);
  });
});
