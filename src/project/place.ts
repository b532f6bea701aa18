import { existsSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import type { PackageManagerName } from './package-manager.ts';
import { isListed, listedFor } from './workspace.ts';

/** What a folder is part of. Each path leads from there to the folder, with `/`, e.g. `packages/todo-mcp`. */
export interface Place {
  /** From the root of the workspace that lists it, where dependencies and the lockfile are; undefined if there is none. */
  readonly workspace: string | undefined;
  /** From the root of the git repository that it is in; undefined if there is none, or the folder is its root. */
  readonly repository: string | undefined;
  /** Whether a folder above has a `yarn.lock`: Yarn 2 and later treat everything below it as part of that project. */
  readonly underYarn: boolean;
}

function ancestors(directory: string): readonly string[] {
  const parent = dirname(directory);
  return parent === directory ? [] : [parent, ...ancestors(parent)];
}

const from = (root: string, directory: string) => relative(root, directory).split(sep).join('/');

/**
 * Finds out what a folder is part of; it need not exist.
 * @param directory absolute.
 */
export async function placeOf(directory: string, manager: PackageManagerName): Promise<Place> {
  const above = ancestors(directory);
  const repository = existsSync(join(directory, '.git'))
    ? undefined
    : above.find((folder) => existsSync(join(folder, '.git')));
  let workspace: string | undefined;
  for (const root of above) {
    const patterns = await listedFor(root, manager);
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
