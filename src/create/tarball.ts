import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RunOptions } from '../project/programs.ts';
import { UserError } from '../terminal/errors.ts';
import { type OwnPackage, ownPackages, type Packed } from './json.ts';

/** An entry of `dist/vendor/packages.json`, which the build writes for each package that it packs. */
interface Vendored {
  readonly name: string;
  readonly version: string;
  readonly file: string;
}

async function readJson<T>(path: string): Promise<T> {
  return JSON.parse(await readFile(path, 'utf8')) as T;
}

/**
 * Reads our packages as tarballs, for projects that cannot get them from the registry yet. The build has packed them,
 * except the package that we run from (a tarball cannot contain itself), which is packed from where it is installed.
 * @param packageRoot the folder of our package.json.
 * @param options undefined for a dry run, which needs only the names of the files: the tarballs are empty then.
 */
export async function readPackages(
  packageRoot: string,
  options: Omit<RunOptions, 'cwd'> | undefined,
): Promise<Readonly<Record<OwnPackage, Packed>>> {
  const vendor = join(packageRoot, 'dist', 'vendor');
  const [vendored, ourselves] = await Promise.all([
    readJson<readonly Vendored[]>(join(vendor, 'packages.json')),
    readJson<{ version: string }>(join(packageRoot, 'package.json')),
  ]);
  const read = async (name: OwnPackage): Promise<Packed> => {
    const found = vendored.find((each) => each.name === name);
    const { version } = found ?? ourselves;
    if (options === undefined) return { version, tarball: new Uint8Array() };
    return {
      version,
      tarball: await (found ? readFile(join(vendor, found.file)) : pack(packageRoot, options)),
    };
  };
  const packages = await Promise.all(ownPackages.map(async (name) => [name, await read(name)]));
  return Object.fromEntries(packages) as Record<OwnPackage, Packed>;
}

async function pack(packageRoot: string, options: Omit<RunOptions, 'cwd'>): Promise<Uint8Array> {
  const { runProgram } = await import('../project/programs.ts');
  const folder = await mkdtemp(join(tmpdir(), 'scalekit-mcp-pack-'));
  try {
    const args = ['pack', '--silent', '--ignore-scripts', '--pack-destination', folder];
    const result = await runProgram('npm', args, { ...options, cwd: packageRoot });
    const [file] = await readdir(folder);
    if (file !== undefined) return await readFile(join(folder, file));
    throw new UserError(
      `scalekit-mcp could not be packed from ${packageRoot}.\n    ${result.output.trim()}`,
      { code: 'tooling/pack', next: 'npx create-scalekit-mcp@latest' },
    );
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
