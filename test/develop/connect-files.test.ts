import { chmod, mkdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import type { ClientId } from '../../src/project/clients/client.ts';
import { mcpClients } from '../../src/project/clients/index.ts';
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
} from './connect-folders.ts';

/** Where `scalekit-mcp connect` looks for files, and how it edits them. */

beforeEach(makeFolders);

describe('the file', () => {
  const file = () => join(project, '.vscode/mcp.json');

  test('that is broken is named with its line and stays untouched', async () => {
    const broken = '{\n  "servers": {\n    "x": {}\n    "y": {}\n  }\n}\n';
    await put(file(), broken);
    const { code, stderr } = await connect('vscode', '--yes');
    expect(code).toBe(1);
    expect(stderr).toContain(`${file()}, line 4: comma expected. The file was not touched.`);
    expect(stderr).toContain(`"url": "${endpoint}"`);
    expect(await read(file())).toBe(broken);
  });

  test('behind a link is changed, and the link stays a link', async () => {
    const real = join(home, 'dotfiles.json');
    await put(real, '{}');
    await chmod(real, 0o640);
    const link = join(home, '.cursor/mcp.json');
    await mkdir(dirname(link));
    await symlink('../dotfiles.json', link);
    await report('cursor', '--scope', 'user', '--yes');
    expect(await read(real)).toContain(endpoint);
    expect((await stat(real)).mode & 0o777).toBe(0o640);
    expect(await read(link)).toBe(await read(real));
    await report('cursor', '--scope', 'user', '--yes', '--remove');
    expect(await read(real)).toBe('{}');
  });

  test('of a project is not followed out of the project', async () => {
    await put(join(home, 'elsewhere.json'), '{}');
    await mkdir(dirname(file()));
    await symlink(join(home, 'elsewhere.json'), file());
    expect(await report('vscode', '--yes')).toMatchObject({ code: 1, error: { code: 'config-file/link' } });
    expect(await read(join(home, 'elsewhere.json'))).toBe('{}');
  });

  test.each([
    ['read-only', async () => chmod(file(), 0o444), 'config-file/read-only'],
    ['not UTF-8', async () => writeFile(file(), Buffer.from([0x7b, 0xff, 0x7d])), 'config-file/encoding'],
  ])('that is %s stays untouched', async (_, spoil, code) => {
    await put(file(), '{}');
    await spoil();
    const before = await readFile(file());
    expect(await report('vscode', '--yes')).toMatchObject({ code: 1, error: { code } });
    expect(await readFile(file())).toEqual(before);
  });
});

describe('where files are', () => {
  const on = (platform: NodeJS.Platform, home: string, env = {}) => {
    const machine = { platform, home, env };
    const first = (id: ClientId, scope: string) =>
      mcpClients[id].files
        .find((file) => file.scope === scope)
        ?.paths(machine, platform === 'win32' ? 'C:\\notes' : '/notes')[0];
    return Object.fromEntries(
      (
        ['claude-desktop', 'vscode', 'codex', 'copilot', 'opencode', 'windsurf', 'cursor', 'gemini'] as const
      ).map((id) => [id, first(id, 'user')]),
    );
  };

  test('on Windows', () => {
    expect(on('win32', 'C:\\Users\\ada', { APPDATA: 'C:\\Users\\ada\\AppData\\Roaming' })).toEqual({
      'claude-desktop': 'C:\\Users\\ada\\AppData\\Roaming\\Claude\\claude_desktop_config.json',
      vscode: 'C:\\Users\\ada\\AppData\\Roaming\\Code\\User\\mcp.json',
      codex: 'C:\\Users\\ada\\.codex\\config.toml',
      copilot: 'C:\\Users\\ada\\.copilot\\mcp-config.json',
      opencode: 'C:\\Users\\ada\\.config\\opencode\\opencode.json',
      windsurf: 'C:\\Users\\ada\\.codeium\\windsurf\\mcp_config.json',
      cursor: 'C:\\Users\\ada\\.cursor\\mcp.json',
      gemini: 'C:\\Users\\ada\\.gemini\\settings.json',
    });
  });

  test('on macOS', () => {
    expect(on('darwin', '/Users/ada', { CODEX_HOME: '/x', COPILOT_HOME: '/y' })).toMatchObject({
      'claude-desktop': '/Users/ada/Library/Application Support/Claude/claude_desktop_config.json',
      vscode: '/Users/ada/Library/Application Support/Code/User/mcp.json',
      codex: '/x/config.toml',
      copilot: '/y/mcp-config.json',
    });
  });

  test('on Linux', () => {
    expect(on('linux', '/home/ada', { XDG_CONFIG_HOME: '/c' })).toMatchObject({
      'claude-desktop': '/c/Claude/claude_desktop_config.json',
      vscode: '/c/Code/User/mcp.json',
      opencode: '/c/opencode/opencode.json',
      codex: '/home/ada/.codex/config.toml',
    });
  });

  test('no argument contains a space on Windows, where clients split at spaces', () => {
    const machine = { platform: 'win32', home: 'C:\\', env: {} } as const;
    const entry = mcpClients['claude-desktop'].files[0]?.entry({ name: 'a', url: endpoint, scopes }, machine);
    const args = entry?.args as readonly string[];
    expect(args.join('')).not.toContain(' ');
    expect(JSON.parse(args.at(-1) ?? '')).toEqual({ scope: scopes.join(' ') });
  });
});
