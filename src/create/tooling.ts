import type { RunOptions } from '../project/programs.ts';
import { packageRoot, version } from '../terminal/version.ts';
import type { Tooling } from './json.ts';

/**
 * Finds out which versions of our packages a project gets, with their tarballs until they are on the registry.
 * @param options for the program that packs; undefined if the names of the tarballs are enough, as for a dry run.
 */
export async function readTooling(
  released: boolean,
  options: Omit<RunOptions, 'cwd'> | undefined,
): Promise<Tooling> {
  if (released) {
    const packed = { version, tarball: undefined };
    return { version, packages: { 'scalekit-mcp': packed, 'scalekit-mcp-server': packed } };
  }
  const { readPackages } = await import('./tarball.ts');
  return { version, packages: await readPackages(packageRoot, options) };
}
