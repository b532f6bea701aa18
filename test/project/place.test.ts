import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { placeOf } from '../../src/project/place.ts';
import { temporaryDirectory } from '../support/temporary.ts';

/** A folder with a manifest of a workspace, and a place in it. */
async function placeIn(files: Readonly<Record<string, string>>, path: string, manager: 'npm' | 'pnpm') {
  const root = await temporaryDirectory();
  for (const [name, text] of Object.entries(files)) {
    await mkdir(join(root, name, '..'), { recursive: true });
    await writeFile(join(root, name), text);
  }
  return placeOf(join(root, path), manager);
}

const listing = (workspaces: unknown) => ({ 'package.json': JSON.stringify({ workspaces }) });

describe('a workspace', () => {
  test.each([
    [['packages/*'], 'packages/x', 'packages/x'],
    [['./packages/*/'], 'packages/x', 'packages/x'],
    [['packages/*'], 'packages/a/x', undefined],
    [['packages/**'], 'packages/a/b/x', 'packages/a/b/x'],
    [['**'], 'x', 'x'],
    [['app'], 'app', 'app'],
    [['app'], 'application', undefined],
    [['apps/web-*'], 'apps/web-x', 'apps/web-x'],
    [['packages/*', '!packages/x'], 'packages/x', undefined],
    [{ packages: ['packages/*'] }, 'packages/x', 'packages/x'],
    [['a.b/*'], 'axb/c', undefined],
    [undefined, 'packages/x', undefined],
    ['packages/*', 'packages/x', undefined],
  ])('that lists %j: %s is %s of it', async (workspaces, path, workspace) => {
    expect(await placeIn(listing(workspaces), path, 'npm')).toMatchObject({ workspace });
  });

  test('of pnpm is listed in a file of its own, which other managers ignore', async () => {
    const files = { 'pnpm-workspace.yaml': "packages:\n  - 'packages/*' # all\n" };
    expect(await placeIn(files, 'packages/x', 'pnpm')).toMatchObject({ workspace: 'packages/x' });
    expect(await placeIn(files, 'tools/x', 'pnpm')).toMatchObject({ workspace: undefined });
    expect(await placeIn(files, 'packages/x', 'npm')).toMatchObject({ workspace: undefined });
    expect(await placeIn(listing(['packages/*']), 'packages/x', 'pnpm')).toMatchObject({
      workspace: undefined,
    });
  });

  test('with a broken list is left to its package manager', async () => {
    expect(await placeIn({ 'package.json': '{' }, 'x', 'npm')).toMatchObject({ workspace: undefined });
    expect(await placeIn({ 'pnpm-workspace.yaml': '\t- {' }, 'x', 'pnpm')).toMatchObject({
      workspace: undefined,
    });
  });
});

describe('a repository', () => {
  test('above the project is found, but not the project’s own', async () => {
    expect(await placeIn({ '.git/HEAD': '' }, 'a/x', 'npm')).toMatchObject({ repository: 'a/x' });
    expect(await placeIn({ '.git/HEAD': '', 'x/.git/HEAD': '' }, 'x', 'npm')).toMatchObject({
      repository: undefined,
    });
  });
});
