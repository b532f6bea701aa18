import { cp, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { trackedFiles } from '../../scripts/tracked.js';
import { mustRun } from './program.ts';
import { repository } from './repository.ts';

/** Our packages, in the order in which they are released. */
export const releasedNames = ['create-scalekit-mcp', 'scalekit-mcp', 'scalekit-mcp-server'] as const;

/** One package as `npm run pack` makes it. */
export interface ReleasedPackage {
  readonly name: (typeof releasedNames)[number];
  readonly version: string;
  /** The files in it. */
  readonly folder: string;
  /** The packed file. */
  readonly file: string;
}

/** Builds the packages as for a release, into a folder that need not exist. @param root of the sources. */
export async function packRelease(folder: string, root = repository): Promise<readonly ReleasedPackage[]> {
  await mustRun(process.execPath, [join(root, 'scripts/pack.js'), folder], { cwd: root });
  const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as {
    version: string;
  };
  return releasedNames.map((name) => ({
    name,
    version,
    folder: join(folder, name),
    file: join(folder, `${name}-${version}.tgz`),
  }));
}

/** What files of a copy of the sources say, from what they say now (empty for a new one), by path. */
type Changes = Readonly<Record<string, (now: string) => string>>;

/** Copies the sources, so that another version can be built from them. */
async function copySources(root: string, changes: Changes): Promise<void> {
  const parts = ['bin', 'docs/doctor', 'packages', 'scripts', 'src', 'templates'];
  const files = ['LICENSE', 'package.json', 'tsconfig.json', ...parts.flatMap((part) => trackedFiles(part))];
  for (const path of files) await cp(join(repository, path), join(root, path));
  await symlink(join(repository, 'node_modules'), join(root, 'node_modules'), 'junction');
  // Templates are the files that git tracks or would add.
  await mustRun('git', ['init', '--quiet'], { cwd: root });
  for (const [path, change] of Object.entries(changes)) {
    const file = join(root, path);
    await writeFile(file, change(await readFile(file, 'utf8').catch(() => '')));
  }
}

const withVersion = (version: string) => (manifest: string) =>
  JSON.stringify({ ...JSON.parse(manifest), version });

/**
 * Builds a newer release: of a copy of the sources, with another version and other templates.
 * @param texts of files in `templates/`.
 */
export async function packNewer(
  folder: string,
  version: string,
  texts: Changes,
): Promise<readonly ReleasedPackage[]> {
  const root = `${folder}-sources`;
  const templates = Object.entries(texts).map(([path, change]) => [`templates/${path}`, change] as const);
  await copySources(root, { 'package.json': withVersion(version), ...Object.fromEntries(templates) });
  return packRelease(folder, root);
}

/** Builds a newer checkout. @returns its `scalekit-mcp`. */
export async function buildNewer(root: string, version: string): Promise<string> {
  await copySources(root, { 'package.json': withVersion(version) });
  await mustRun(process.execPath, [join(root, 'scripts/build.js')], { cwd: root });
  return join(root, 'bin/scalekit-mcp.js');
}
