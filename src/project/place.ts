import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import type { PackageManagerName } from './package-manager.ts';

/** What a folder is part of. Paths are those of the folder from there, with `/`, e.g. `packages/todo-mcp`. */
export interface Place {
  /** From the root of the workspace that lists it, where dependencies and the lockfile are; undefined where it stands alone. */
  readonly workspace: string | undefined;
  /** From the root of the git repository that it is in; undefined where there is none, or this is its root. */
  readonly repository: string | undefined;
  /** Whether a folder above has a `yarn.lock`: Yarn 2 and later take everything below it for a part of that project. */
  readonly underYarn: boolean;
}

function ancestors(directory: string): readonly string[] {
  const parent = dirname(directory);
  return parent === directory ? [] : [parent, ...ancestors(parent)];
}

const from = (root: string, directory: string) => relative(root, directory).split(sep).join('/');

function readJson(path: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(readFileSync(path, 'utf8'));
    return typeof value === 'object' && value !== null ? { ...value } : undefined;
  } catch {
    // None, or one that its own package manager will complain about.
    return undefined;
  }
}

function texts(value: unknown): readonly string[] | undefined {
  return Array.isArray(value) ? value.filter((each) => typeof each === 'string') : undefined;
}

/** npm, Yarn and bun: `workspaces`, a list or an object that holds one. */
function listedInManifest(root: string): readonly string[] | undefined {
  const workspaces = readJson(join(root, 'package.json'))?.workspaces;
  if (Array.isArray(workspaces)) return texts(workspaces);
  return typeof workspaces === 'object' && workspaces !== null && 'packages' in workspaces
    ? texts(workspaces.packages)
    : undefined;
}

/** pnpm. */
async function listedForPnpm(root: string): Promise<readonly string[] | undefined> {
  const path = join(root, 'pnpm-workspace.yaml');
  if (!existsSync(path)) return undefined;
  const { parse } = await import('yaml');
  try {
    const value: unknown = parse(readFileSync(path, 'utf8'));
    return typeof value === 'object' && value !== null && 'packages' in value ? texts(value.packages) : [];
  } catch {
    return [];
  }
}

/** A pattern of a workspace: `*` is anything in one folder, `**` any folders. */
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

function isListed(patterns: readonly string[], path: string): boolean {
  // The last pattern that says something about it counts.
  const last = patterns.findLast((pattern) => matches(pattern.replace(/^!/, ''), path));
  return last !== undefined && !last.startsWith('!');
}

/**
 * Finds out what a folder is part of; it need not be there.
 * @param directory absolute.
 */
export async function placeOf(directory: string, manager: PackageManagerName): Promise<Place> {
  const above = ancestors(directory);
  const repository = existsSync(join(directory, '.git'))
    ? undefined
    : above.find((folder) => existsSync(join(folder, '.git')));
  let workspace: string | undefined;
  for (const root of above) {
    const patterns = manager === 'pnpm' ? await listedForPnpm(root) : listedInManifest(root);
    // The nearest list decides, as it does for the package managers.
    if (patterns === undefined) continue;
    if (isListed(patterns, from(root, directory))) workspace = from(root, directory);
    break;
  }
  return {
    workspace,
    repository: repository && from(repository, directory),
    underYarn: above.some((folder) => existsSync(join(folder, 'yarn.lock'))),
  };
}
