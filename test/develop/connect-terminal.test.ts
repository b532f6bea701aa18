import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { keys, pseudoTerminals, Terminal } from '../program/terminal.ts';
import { lacks } from '../support/needs.ts';
import { scalekitProgram } from '../support/repository.ts';
import { temporaryDirectory } from '../support/temporary.ts';

/** `connect` and `inspect` in a real terminal, by the built program. */

const skipped = lacks('connect in a terminal', [pseudoTerminals]);

async function open(args: string, options: { columns?: number; env?: Record<string, string> } = {}) {
  const cwd = await temporaryDirectory();
  await writeFile(join(cwd, 'package.json'), '{ "name": "notes" }');
  await writeFile(join(cwd, '.env'), 'MCP_URL=http://localhost:3002/\n');
  const terminal = new Terminal(`${process.execPath} ${scalekitProgram} ${args}`, { cwd, ...options });
  onTestFinished(() => terminal.close());
  const written = () => readFile(join(cwd, '.cursor/mcp.json'), 'utf8').catch(() => undefined);
  return { terminal, written };
}

describe.skipIf(skipped)('in a terminal', () => {
  test('shows the change, and Enter writes it', async () => {
    const { terminal, written } = await open('connect cursor');
    await terminal.see('Write this?', 60_000);
    expect(terminal.screen()).toContain('+       "url": "http://localhost:3002/mcp"');
    expect(await written()).toBeUndefined();
    terminal.type(keys.enter);
    expect(await terminal.exit()).toBe(0);
    expect(terminal.screen()).toContain('Added notes to .cursor/mcp.json.');
    expect(await written()).toContain('http://localhost:3002/mcp');
  });

  test.each([
    ['no', 'n'],
    ['Ctrl-C', keys.ctrlC],
  ])('%s writes nothing and ends with 130', async (_, key) => {
    const { terminal, written } = await open('connect cursor');
    await terminal.see('Write this?', 60_000);
    terminal.type(key);
    expect(await terminal.exit()).toBe(130);
    expect(terminal.screen()).toContain('Nothing was changed.');
    expect(await written()).toBeUndefined();
  });

  test('at 60 columns and without colours commands copy whole', async () => {
    const options = { columns: 60, env: { NO_COLOR: '1' } };
    const { terminal } = await open('connect mcp-remote --scopes a:read,b:write', options);
    expect(await terminal.exit()).toBe(0);
    expect(terminal.copied()).toContain(
      `npx -y 'mcp-remote@^0.15.1' http://localhost:3002/mcp --static-oauth-client-metadata '{"scope":"a:read b:write offline_access"}'`,
    );
  });

  test('inspect shows what it would run, in one line to copy', async () => {
    const { terminal } = await open('inspect --dry-run', { columns: 60 });
    expect(await terminal.exit()).toBe(0);
    expect(terminal.copied()).toContain(
      `npx -y -p '@modelcontextprotocol/inspector@^2.12.0' mcp-inspector --web --transport http --server-url http://localhost:3002/mcp`,
    );
  });
});
