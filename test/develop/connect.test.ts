import { stat } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { parse as parseToml } from 'smol-toml';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { mcpClients } from '../../src/project/clients/index.ts';
import { freePort } from '../support/ports.ts';
import { clientsWithSchema, objections } from './client-schemas.ts';
import {
  connect,
  endpoint,
  home,
  makeFolders,
  project,
  put,
  read,
  report,
  scopes,
  workIn,
} from './connect-folders.ts';

/** `scalekit-mcp connect` on files as people have them. test/world/connect.test.ts lets the clients read what it writes. */

beforeEach(makeFolders);

const byFile = Object.values(mcpClients).flatMap(({ id, files }) =>
  files
    .filter(({ scope }) => id !== 'claude-code' || scope === 'project')
    .map(({ scope, format, key }) => ({ id, scope, format, key })),
);

describe.each(byFile)('$id, $scope', ({ id, scope, format, key }) => {
  const args = [id, '--scope', scope, '--yes'];
  const parse = (text = '') => (format === 'toml' ? parseToml(text) : JSON.parse(text));

  test('is written, found again, and removed without a trace', async () => {
    const first = await report(...args);
    expect(first).toMatchObject({
      code: 0,
      ok: true,
      client: id,
      scope,
      change: 'added',
      name: 'notes',
      url: endpoint,
    });
    const entry = parse(await read(first.file))[key].notes;
    expect(JSON.stringify(entry)).toContain(JSON.stringify(endpoint));
    if (mcpClients[id].scopes === 'pinned')
      for (const each of scopes) expect(JSON.stringify(entry)).toContain(each);
    expect(first.scopes).toEqual(mcpClients[id].scopes === 'pinned' ? scopes : []);
    expect(first.next).toHaveLength(1);
    const written = await read(first.file);
    expect(await report(...args)).toMatchObject({ code: 0, change: 'none', diff: [] });
    expect(await read(first.file)).toBe(written);
    expect(await report(...args, '--remove')).toMatchObject({ code: 0, change: 'removed' });
    await expect(stat(first.file)).rejects.toThrow('ENOENT');
    expect(await report(...args, '--remove')).toMatchObject({ code: 0, change: 'none' });
  });

  test('leaves other servers as they are, and brings the file back byte for byte', async () => {
    const { file } = await report(...args, '--dry-run');
    const other =
      format === 'toml'
        ? '# mine\n[mcp_servers.x] # x\nurl = "https://x.example"'
        : `{\r\n\t"${key}": {\r\n\t\t"x": {}\r\n\t}\r\n}`;
    await put(file, other);
    expect(await report(...args)).toMatchObject({ change: 'added' });
    expect(parse(await read(file))[key]).toHaveProperty('x');
    expect(await report(...args, '--remove')).toMatchObject({ change: 'removed' });
    expect(await read(file)).toBe(other);
  });
});

describe.each(clientsWithSchema)('%s', (id) => {
  test('writes what the client’s schema allows', async () => {
    const { file } = await report(id, '--yes');
    const [{ format, key } = { format: 'json', key: '' }] = mcpClients[id].files;
    const text = (await read(file)) ?? '';
    const written = format === 'toml' ? parseToml(text) : JSON.parse(text);
    expect(objections(id, written)).toEqual([]);
    written[key].notes.unheardOf = 1;
    expect(objections(id, written)).not.toEqual([]);
  });
});

describe('by hand', () => {
  test.each([
    [['mcp-remote'], /"mcp-remote@\^0\.\d+\.\d+"/],
    [
      ['claude-code', '--scope', 'user'],
      /claude mcp add-json --scope user notes '\{"type":"http","url":"http:\/\/localhost/,
    ],
    [['claude-desktop', '--url', 'https://mcp.example.com/mcp', '--scopes', 'a:b'], /Settings > Connectors/],
  ])('%s has steps, and ends with 0 without --yes', async (args, expected) => {
    const { code, stdout } = await connect(...args);
    expect(code).toBe(0);
    expect(stdout).toMatch(expected);
    expect(await report(...args)).toMatchObject({ change: 'steps' });
    expect(await report(...args, '--remove')).toMatchObject({ change: 'steps', steps: [expect.any(String)] });
  });
});

describe('what is asked first', () => {
  test('without a terminal and without --yes nothing is written', async () => {
    const { code, stderr, stdout } = await connect('cursor');
    expect(code).toBe(2);
    expect(stdout).toContain(`+       "url": "${endpoint}"`);
    expect(stderr).toContain('scalekit-mcp connect cursor --yes');
    expect(await read(join(project, '.cursor/mcp.json'))).toBeUndefined();
  });

  test('--dry-run shows it', async () => {
    const { code, stdout } = await connect('cursor', '--dry-run');
    expect(code).toBe(0);
    expect(stdout).toContain('Nothing was written.');
    expect(await read(join(project, '.cursor/mcp.json'))).toBeUndefined();
  });

  test('values of other servers are not shown', async () => {
    await put(
      join(project, '.cursor/mcp.json'),
      '{\n  "mcpServers": {\n    "x": {\n      "env": { "KEY": "hunter2" }\n    }\n  }\n}\n',
    );
    const { stdout } = await connect('cursor', '--dry-run');
    expect(stdout).toContain('"KEY": "…"');
    expect(stdout).not.toContain('hunter2');
  });
});

describe('the entry', () => {
  const file = () => join(project, '.cursor/mcp.json');
  const cursor = (...args: readonly string[]) => report('cursor', '--yes', ...args);
  const servers = async () => JSON.parse((await read(file())) ?? '{}').mcpServers;

  test('of the same name with another URL is changed to this URL, with a note', async () => {
    await put(file(), '{"mcpServers":{"notes":{"url":"https://old.example/mcp","headers":{"a":"b"}}}}');
    const done = await cursor();
    expect(done).toMatchObject({
      change: 'updated',
      notes: expect.arrayContaining(['It led to https://old.example/mcp before.']),
    });
    expect(await servers()).toEqual({ notes: { url: endpoint, headers: { a: 'b' } } });
    await cursor('--remove');
    expect(await servers()).toEqual({});
  });

  test('of another name with the same URL is used, unless a name is given', async () => {
    await put(file(), `{"mcpServers":{"mine":{"url":"${endpoint}"}}}`);
    expect(await cursor()).toMatchObject({ change: 'none', name: 'mine' });
    expect(await cursor('--name', 'second')).toMatchObject({ change: 'added', name: 'second' });
    expect(await cursor('--remove')).toMatchObject({ change: 'removed', name: 'mine' });
    expect(Object.keys(await servers())).toEqual(['second']);
  });

  test('of a local program keeps its name', async () => {
    await put(file(), '{"mcpServers":{"notes":{"command":"notes"}}}');
    expect(await cursor()).toMatchObject({
      code: 1,
      error: { code: 'connect/name-taken', next: expect.stringContaining('--name') },
    });
    expect(await servers()).toEqual({ notes: { command: 'notes' } });
  });

  test('two entries of one file can be removed one by one, in any order', async () => {
    await put(file(), '{\n  "x": 1\n}\n');
    await cursor();
    await cursor('--name', 'b', '--url', 'https://b.example/mcp');
    await cursor('--remove', '--name', 'notes');
    expect(Object.keys(await servers())).toEqual(['b']);
    await cursor('--remove', '--name', 'b');
    expect(await servers()).toEqual({});
  });

  test('of Gemini CLI uses Streamable HTTP, whatever it used before', async () => {
    const settings = join(project, '.gemini/settings.json');
    await put(settings, `{\n  "mcpServers": {\n    "notes": { "url": "${endpoint}" }\n  }\n}\n`);
    expect(await report('gemini', '--yes')).toMatchObject({ change: 'updated' });
    expect(JSON.parse((await read(settings)) ?? '').mcpServers.notes).toEqual({
      httpUrl: endpoint,
      oauth: { scopes },
    });
  });

  test('pins a new scope with the next run', async () => {
    await report('claude-code', '--yes');
    await put(
      join(project, 'src/scopes.ts'),
      "defineScopes({\n  'note:read': 'Read',\n  'note:share': 'Share',\n});\nconst scopes = {\n  'note:read': 'Read',\n  'note:share': 'Share',\n};\n",
    );
    expect(await report('claude-code', '--yes')).toMatchObject({ change: 'updated' });
    expect(await read(join(project, '.mcp.json'))).toContain('"note:read note:share offline_access"');
  });
});

describe('wrong words', () => {
  test.each([
    [[], 'Which client?', 'connect --help'],
    [['claude'], 'There is no client claude; expected claude-code, claude-desktop\n', '--help'],
    [
      ['gemni'],
      'There is no client gemni; did you mean gemini? expected claude-code, claude-desktop, cursor',
      '--help',
    ],
    [['code'], 'There is no client code; expected claude-code, vscode, codex, opencode', '--help'],
    [['cursor', 'vscode'], 'Expected 1 argument but got 2', '--help'],
    [['cursor', '--scope', 'team'], 'expected project or user', '--help'],
    [['windsurf', '--scope', 'project'], 'expected user', '--help'],
    [['cursor', '--name', 'a b'], 'such as a-b', '--help'],
    [['cursor', '--url', 'mcp.example.com'], 'no http(s) URL', '--help'],
    [['cursor', '--url', 'https://a:secret@x.example/mcp'], 'user name or password', '--help'],
    [['cursor', '--url', 'http://x.example/mcp'], 'in the open', '--help'],
    [['cursor', '--scopes', 'a"b'], '--scopes:', '--help'],
    [['cursor', '--scops', 'a'], 'valid:', '--help'],
  ])('%j ends with exit code 2 and the valid values', async (args, message, next) => {
    const { code, stderr } = await connect(...args, '--yes');
    expect(code).toBe(2);
    expect(stderr).toContain(message);
    expect(stderr).toContain(next);
    expect(stderr).not.toContain('secret');
  });

  test('no project and no --url', async () => {
    workIn(home);
    expect(await report('cursor', '--yes')).toMatchObject({ code: 2, error: { code: 'connect/no-url' } });
  });
});

describe('another server', () => {
  test('is asked which scopes it has', async () => {
    const port = await freePort();
    const url = `http://127.0.0.1:${port}/mcp`;
    const server = createServer((request, response) => {
      const isMetadata = request.url === '/.well-known/oauth-protected-resource/mcp';
      response
        .writeHead(isMetadata ? 200 : 404)
        .end(JSON.stringify({ resource: url, scopes_supported: ['x:read', 'bad scope'] }));
    });
    await new Promise<void>((listening) => server.listen(port, '127.0.0.1', listening));
    onTestFinished(() => void server.close());
    expect(await report('codex', '--url', url, '--yes', '--name', 'other')).toMatchObject({
      scopes: ['x:read', 'offline_access'],
    });
    expect(await read(join(home, '.codex/config.toml'))).toContain('scopes = ["x:read", "offline_access"]');
  });

  test('that does not answer is connected all the same, with a note', async () => {
    const url = `http://127.0.0.1:${await freePort()}/mcp`;
    const done = await report('codex', '--url', url, '--yes', '--name', 'other');
    expect(done).toMatchObject({ change: 'added', scopes: [] });
    expect(done.notes.join('\n')).toContain('--scopes <a,b> pins them');
    expect(await read(join(home, '.codex/config.toml'))).toBe(`[mcp_servers.other]\nurl = "${url}"\n`);
  });

  test('gets its name from its host', async () => {
    expect(await report('cursor', '--url', 'https://mcp.example.com/mcp', '--yes')).toMatchObject({
      name: 'mcp-example-com',
    });
  });
});
