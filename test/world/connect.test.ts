import { randomUUID } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { lacks } from '../support/needs.ts';
import { npmPackages } from '../support/packages.ts';
import { scalekitProgram } from '../support/repository.ts';
import { until } from '../support/waiting.ts';
import { isolationNeeds } from './clients/isolation.ts';
import { scopesOf } from './clients/requests.ts';
import { type Home, World } from './clients/world.ts';

/** The real clients read what `scalekit-mcp connect` writes, ask for the scopes that it pins, and stay connected. */

const skipped = lacks('what connect writes, read by real clients', isolationNeeds);

const scopes = 'todo:read,todo:write';
const pinned = ['offline_access', 'todo:read', 'todo:write'];

/** A client's program, and how to ask it which servers it knows. */
interface Reader {
  readonly id: string;
  readonly specifier: string;
  readonly program: string;
  readonly list: readonly string[];
  /** In addition to the default one. */
  readonly scope?: string;
}

const claude = {
  id: 'claude-code',
  specifier: '@anthropic-ai/claude-code@2.1.331',
  program: 'node_modules/.bin/claude',
};
const codex = { id: 'codex', specifier: '@openai/codex@0.169.0', program: 'node_modules/.bin/codex' };
const gemini = {
  id: 'gemini',
  specifier: '@google/gemini-cli@0.61.0',
  program: 'node_modules/.bin/gemini',
};
const copilot = {
  id: 'copilot',
  specifier: '@github/copilot@1.0.102',
  program: 'node_modules/.bin/copilot',
};
const opencode = { id: 'opencode', specifier: 'opencode-ai@1.18.33', program: 'node_modules/.bin/opencode' };

const readers: readonly Reader[] = [
  { ...claude, list: ['mcp', 'list'] },
  { ...codex, list: ['mcp', 'list', '--json'] },
  { ...gemini, list: ['mcp', 'list'], scope: 'user' },
  { ...copilot, list: ['mcp', 'get', 'todo'] },
  { ...opencode, list: ['mcp', 'list'] },
];

async function programOf({ specifier, program }: Pick<Reader, 'specifier' | 'program'>): Promise<string> {
  return join(await npmPackages([specifier]), program);
}

async function connect(home: Home, endpoint: string, ...args: readonly string[]) {
  const words = ['--url', endpoint, '--name', 'todo', '--scopes', scopes, '--yes', '--json'];
  const done = await home.run(process.execPath, [scalekitProgram, 'connect', ...args, ...words]);
  return { code: done.code, ...JSON.parse(done.stdout) };
}

describe.skipIf(skipped)('what connect writes', () => {
  let world: World;
  beforeAll(async () => {
    world = await World.open();
  });
  afterAll(() => world.close());

  /** What the person has been asked since. */
  const visitsFrom = (start: number) => world.visits.slice(start).map(scopesOf);

  test.each(readers)('$id lists the server, and no longer after --remove ($scope)', async (reader) => {
    const home = await world.home(randomUUID());
    const program = await programOf(reader);
    const scope = reader.scope === undefined ? [] : ['--scope', reader.scope];
    const list = async () => {
      const { stdout, stderr } = await home.run(program, reader.list);
      return stdout + stderr;
    };
    expect(await connect(home, world.endpoint, reader.id, ...scope)).toMatchObject({
      code: 0,
      change: 'added',
    });
    const listed = await list();
    expect(listed).toMatch(/\btodo\b/);
    expect(listed).toContain(world.endpoint);
    expect(listed).not.toMatch(/invalid|skipped|unrecognized/i);
    expect(await connect(home, world.endpoint, reader.id, ...scope, '--remove')).toMatchObject({
      change: 'removed',
    });
    expect(await list()).not.toContain(world.endpoint);
  });

  test('Codex asks for the scopes in its file', async () => {
    const home = await world.home(randomUUID());
    const before = world.visits.length;
    await connect(home, world.endpoint, 'codex');
    const { code, stdout, stderr } = await home.run(await programOf(codex), ['mcp', 'login', 'todo']);
    expect(code, stdout + stderr).toBe(0);
    expect(visitsFrom(before)).toEqual([pinned]);
  });

  test('Claude Code asks for the scopes in its file', async () => {
    const home = await world.home(randomUUID());
    const before = world.visits.length;
    await connect(home, world.endpoint, 'claude-code');
    // The person has allowed the servers of this folder.
    await mkdir(join(home.directory, '.claude'));
    await writeFile(join(home.directory, '.claude/settings.json'), '{"enableAllProjectMcpServers":true}');
    const terminal = home.terminal(await programOf(claude), ['mcp', 'login', 'todo']);
    onTestFinished(() => terminal.close());
    await terminal.see('Authenticated with "todo"', 120_000);
    expect(visitsFrom(before)).toEqual([pinned]);
  });

  test('opencode asks for the scopes that the server names, so connect does not pin any', async () => {
    const home = await world.home(randomUUID());
    const before = world.visits.length;
    const done = await connect(home, world.endpoint, 'opencode');
    expect(done.notes[0]).toContain('asks for the scopes that the server names');
    const file = JSON.parse(await readFile(done.file, 'utf8'));
    file.mcp.todo.oauth = { scope: pinned.join(' ') };
    await writeFile(done.file, JSON.stringify(file));
    const terminal = home.terminal(await programOf(opencode), ['mcp', 'auth', 'todo']);
    onTestFinished(() => terminal.close());
    await until('the consent page', () => world.visits.length > before, 120_000);
    expect(visitsFrom(before)[0]).not.toContain('offline_access');
  });
});
