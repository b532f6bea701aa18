import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { mustRun } from './program.ts';
import { repository } from './repository.ts';

/** Our packages, in the order in which they are released. */
export const releasedNames = ['create-scalekit-mcp', 'scalekit-mcp', 'scalekit-mcp-server'] as const;

/** One package as `npm run pack` makes it. */
export interface ReleasedPackage {
  readonly name: (typeof releasedNames)[number];
  readonly version: string;
  /** What is in it. */
  readonly folder: string;
  /** The packed file. */
  readonly file: string;
}

/** Builds the packages as for a release, into a folder that need not be there. */
export async function packRelease(folder: string): Promise<readonly ReleasedPackage[]> {
  await mustRun(process.execPath, [join(repository, 'scripts/pack.js'), folder], { cwd: repository });
  const { version } = JSON.parse(await readFile(join(repository, 'package.json'), 'utf8')) as {
    version: string;
  };
  return releasedNames.map((name) => ({
    name,
    version,
    folder: join(folder, name),
    file: join(folder, `${name}-${version}.tgz`),
  }));
}
