import { existsSync, readFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join, posix } from 'node:path';
import type { PackageManagerName } from './package-manager.ts';

/** Workspaces: repositories with several packages, as npm, Yarn, Bun, pnpm and uv list them. */

function readJson(path: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(readFileSync(path, 'utf8'));
    return typeof value === 'object' && value !== null ? { ...value } : undefined;
  } catch {
    // Missing, or invalid, which the package manager will report.
    return undefined;
  }
}

function texts(value: unknown): readonly string[] | undefined {
  return Array.isArray(value) ? value.filter((each) => typeof each === 'string') : undefined;
}

/** npm, Yarn and Bun: `workspaces`, a list or an object that contains one. */
function listedInManifest(root: string): readonly string[] | undefined {
  const workspaces = readJson(join(root, 'package.json'))?.workspaces;
  if (Array.isArray(workspaces)) return texts(workspaces);
  return typeof workspaces === 'object' && workspaces !== null && 'packages' in workspaces
    ? texts(workspaces.packages)
    : undefined;
}

/** pnpm: `packages` in pnpm-workspace.yaml. */
async function listedForPnpm(root: string): Promise<readonly string[] | undefined> {
  const path = join(root, 'pnpm-workspace.yaml');
  if (!existsSync(path)) return undefined;
  const { load } = await import('js-yaml');
  try {
    const value: unknown = load(readFileSync(path, 'utf8'));
    return typeof value === 'object' && value !== null && 'packages' in value ? texts(value.packages) : [];
  } catch {
    return [];
  }
}

/** uv: `members` of `[tool.uv.workspace]` in pyproject.toml. */
function listedForUv(root: string): readonly string[] {
  const path = join(root, 'pyproject.toml');
  const text = existsSync(path) ? readFileSync(path, 'utf8') : '';
  const members = /^\[tool\.uv\.workspace\][^[]*?^members\s*=\s*\[([^\]]*)\]/m.exec(text)?.[1] ?? '';
  return [...members.matchAll(/["']([^"']+)["']/g)].map(([, pattern = '']) => pattern);
}

/** Matches a workspace pattern: `*` is any text within one folder name, `**` any folders. */
function matches(pattern: string, path: string): boolean {
  const parts = pattern.replace(/^\.\//, '').replace(/\/+$/, '').split('/');
  const expression = parts
    .map((part) =>
      part === '**'
        ? '(?:[^/]+/)*'
        : `${part
            .replaceAll(/[.+^${}()|[\]\\]/g, '\\$&')
            .replaceAll('*', '[^/]*')
            .replaceAll('?', '[^/]')}/`,
    )
    .join('');
  return new RegExp(`^${expression}$`).test(`${path}/`);
}

/** @returns whether the patterns of a workspace include a folder; the path is relative to its root, with `/`. */
export function isListed(patterns: readonly string[], path: string): boolean {
  // The last matching pattern counts.
  const last = patterns.findLast((pattern) => matches(pattern.replace(/^!/, ''), path));
  return last !== undefined && !last.startsWith('!');
}

/** @returns the patterns that a folder lists for a package manager; undefined if it is not a workspace root. */
export async function listedFor(
  root: string,
  manager: PackageManagerName,
): Promise<readonly string[] | undefined> {
  return manager === 'pnpm' ? listedForPnpm(root) : listedInManifest(root);
}

/** How deep to look for packages: `**` would search everything. */
const deepest = 4;

/** @returns the folders below one, down to a depth, relative to `root`. */
export async function foldersBelow(root: string, folder: string, depth: number): Promise<readonly string[]> {
  if (depth === 0) return [];
  const entries = await readdir(join(root, folder), { withFileTypes: true }).catch(() => []);
  const folders = entries
    .filter((entry) => entry.isDirectory() && entry.name !== 'node_modules' && !entry.name.startsWith('.'))
    .map(({ name }) => posix.join(folder, name));
  const below = await Promise.all(folders.map((each) => foldersBelow(root, each, depth - 1)));
  return [...folders, ...below.flat()];
}

/** @returns the folders that a workspace includes, for any package manager, uv among them, relative to its root and sorted. */
export async function packageFolders(root: string): Promise<readonly string[]> {
  const patterns = [
    ...(listedInManifest(root) ?? []),
    ...((await listedForPnpm(root)) ?? []),
    ...listedForUv(root),
  ];
  if (patterns.length === 0) return [];
  const depths = patterns.map((pattern) => (pattern.includes('**') ? deepest : pattern.split('/').length));
  const folders = await foldersBelow(root, '', Math.min(deepest, Math.max(...depths)));
  return folders.filter((folder) => isListed(patterns, folder)).sort();
}
