import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RunOptions } from '../project/programs.ts';
import { systemCode, UserError } from '../terminal/errors.ts';

async function readIfThere(path: string): Promise<Uint8Array | undefined> {
  try {
    return await readFile(path);
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/**
 * The `scalekit-mcp` package as a file, for projects that cannot get it from the registry yet: the build's own, or, where
 * we are that package ourselves (its tarball does not hold itself), packed from where we are installed.
 * @param packageRoot the folder of our package.json.
 */
export async function readTarball(
  packageRoot: string,
  version: string,
  options: Omit<RunOptions, 'cwd'>,
): Promise<Uint8Array> {
  const built = await readIfThere(join(packageRoot, 'dist', `scalekit-mcp-${version}.tgz`));
  return built ?? (await packOurselves(packageRoot, options));
}

async function packOurselves(packageRoot: string, options: Omit<RunOptions, 'cwd'>): Promise<Uint8Array> {
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
