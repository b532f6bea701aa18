import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { inspectorRange, isNodeForInspector } from '../../src/develop/inspect/versions.ts';
import { runToExitCode } from '../../src/program/run.ts';
import { scalekitMcp } from '../../src/program/toolbox.ts';
import { testContext } from '../program/test-context.ts';
import { makeDirectory, removeDirectory } from '../support/temporary.ts';

/** `scalekit-mcp inspect`, as far as it goes without the Inspector; test/world/inspect.test.ts runs that. */

let directory: string;

beforeEach(async () => {
  directory = await makeDirectory();
  onTestFinished(() => removeDirectory(directory));
  await writeFile(join(directory, '.env'), 'MCP_URL=http://localhost:3123/\n');
});

async function inspect(...args: readonly string[]) {
  const { context, written } = testContext({ cwd: directory });
  const code = await runToExitCode(scalekitMcp, ['inspect', ...args], context);
  return { code, ...written() };
}

describe('what would be run', () => {
  test('is the page with the endpoint, by a pinned range', async () => {
    const { code, stderr, stdout } = await inspect('--dry-run');
    expect({ code, stdout }).toEqual({ code: 0, stdout: '' });
    expect(stderr).toBe(
      `npx -y -p '${inspectorRange}' mcp-inspector --web --transport http --server-url http://localhost:3123/mcp\n`,
    );
  });

  test('is JSON with --json, and on another port where that is asked for', async () => {
    const { code, stdout } = await inspect(
      '--dry-run',
      '--json',
      '--port',
      '6300',
      '--url',
      'https://x.example/mcp',
    );
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      ok: true,
      endpoint: 'https://x.example/mcp',
      env: { CLIENT_PORT: '6300' },
      command: expect.arrayContaining(['npx', inspectorRange, 'https://x.example/mcp']),
    });
  });

  test('with --cli is its command line, where no token is among the words', async () => {
    const { stderr } = await inspect('--dry-run', '--cli', '--', '--method', 'resources/list');
    expect(stderr).toMatch(
      /mcp-inspector --cli --config \S+\.json --server server --method resources\/list\n$/,
    );
    expect(stderr).not.toMatch(/Bearer/);
    expect((await inspect('--dry-run', '--cli')).stderr).toContain('--method tools/list');
  });
});

describe('wrong words', () => {
  test.each([
    [['--method', 'tools/list'], "unknown option '--method'"],
    [['tools/list'], 'which --cli is'],
    [['--cli', '--port', '6300'], '--cli opens none'],
    [['--json'], '--json goes with --cli, or with --dry-run'],
    [['--port', 'x', '--dry-run'], '--port:'],
    [['--url', 'x', '--dry-run'], '--url:'],
  ])('%j end with 2', async (args, message) => {
    const { code, stderr, stdout } = await inspect(...args);
    expect(code).toBe(2);
    expect(stderr + stdout).toContain(message);
  });

  test('no server', async () => {
    await writeFile(join(directory, '.env'), '');
    expect(await inspect('--dry-run')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('There is no project in this folder, and no --url was given.'),
    });
  });
});

test.each([
  ['20.20.2', false],
  ['22.18.0', false],
  ['22.19.0', true],
  ['23.0.0', true],
  ['24.1.0', true],
])('the Inspector runs on Node.js %s: %s', (version, expected) => {
  expect(isNodeForInspector(version)).toBe(expected);
});

test.runIf(!isNodeForInspector(process.versions.node))(
  'an older Node.js is named, with the command for a newer one',
  async () => {
    const { code, stderr } = await inspect();
    expect(code).toBe(1);
    expect(stderr).toContain(`needs Node.js 22.19 or later; this is ${process.versions.node}`);
    expect(stderr).toContain(`npx -y -p node@24 -p '${inspectorRange}' mcp-inspector --web`);
  },
);
