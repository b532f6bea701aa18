import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { startNode, untilEnded } from '../../project/child.ts';

/** @returns the project's own compiler, wherever its package manager has put it, or undefined. */
async function findCompiler(directory: string): Promise<string | undefined> {
  try {
    const manifest = createRequire(join(directory, 'package.json')).resolve('typescript/package.json');
    const { bin } = JSON.parse(await readFile(manifest, 'utf8')) as { bin?: { tsc?: string } };
    return bin?.tsc === undefined ? undefined : join(dirname(manifest), bin.tsc);
  } catch {
    return undefined;
  }
}

/**
 * Builds a generated project as `npm run build` does, without a package manager in between.
 * @returns what the compiler said, or undefined where it was content.
 */
export async function buildProject(directory: string, signal: AbortSignal): Promise<string | undefined> {
  const compiler = await findCompiler(directory);
  if (compiler === undefined)
    return 'The project’s TypeScript was not found: its packages are not installed.';
  const child = startNode([compiler], directory, process.env);
  const exitCode = await untilEnded(child, signal);
  return exitCode === 0 ? undefined : child.output() || `tsc ended with ${exitCode}`;
}
