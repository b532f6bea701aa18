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

/**
 * Builds a newer release: of a copy of the sources, with another version and other templates.
 * @param texts of files in `templates/`, from what they are now (empty for a new one).
 */
export async function packNewer(
  folder: string,
  version: string,
  texts: Readonly<Record<string, (now: string) => string>>,
): Promise<readonly ReleasedPackage[]> {
  const root = `${folder}-sources`;
  const parts = ['bin', 'docs/doctor', 'packages', 'scripts', 'src', 'templates'];
  const files = ['LICENSE', 'package.json', 'tsconfig.json', ...parts.flatMap((part) => trackedFiles(part))];
  for (const path of files) await cp(join(repository, path), join(root, path));
  await symlink(join(repository, 'node_modules'), join(root, 'node_modules'), 'junction');
  // Templates are the files that git tracks or would add.
  await mustRun('git', ['init', '--quiet'], { cwd: root });
  const manifest = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
  await writeFile(join(root, 'package.json'), JSON.stringify({ ...manifest, version }));
  for (const [path, change] of Object.entries(texts)) {
    const file = join(root, 'templates', path);
    await writeFile(file, change(await readFile(file, 'utf8').catch(() => '')));
  }
  return packRelease(folder, root);
}
