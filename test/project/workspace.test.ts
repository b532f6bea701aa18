import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { packageFolders } from '../../src/project/workspace.ts';
import { temporaryDirectory } from '../support/temporary.ts';

const folders = ['packages/api', 'packages/web', 'packages/web/node_modules/x', 'apps/a/server', 'tools'];

async function workspaceOf(files: Readonly<Record<string, string>>): Promise<string> {
  const root = await temporaryDirectory();
  for (const folder of folders) await mkdir(join(root, folder), { recursive: true });
  for (const [file, text] of Object.entries(files)) {
    await mkdir(dirname(join(root, file)), { recursive: true });
    await writeFile(join(root, file), text);
  }
  return root;
}

const npm = (...workspaces: readonly string[]) => ({ 'package.json': JSON.stringify({ workspaces }) });

test.each([
  ['no workspace', {}, []],
  ['all of a folder', npm('packages/*'), ['packages/api', 'packages/web']],
  ['all but one', npm('packages/*', '!packages/web'), ['packages/api']],
  ['by name', npm('./tools/'), ['tools']],
  ['any depth', npm('apps/**'), ['apps', 'apps/a', 'apps/a/server']],
  ['pnpm’s file', { 'pnpm-workspace.yaml': 'packages: ["apps/*/server"]\n' }, ['apps/a/server']],
  ['a file that is not YAML', { 'pnpm-workspace.yaml': '\t- {' }, []],
])('the folders of a workspace: %s', async (_, files, expected) => {
  expect(await packageFolders(await workspaceOf(files))).toEqual(expected);
});
