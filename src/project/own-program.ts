import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** @returns the `scalekit-mcp` that a project has installed, a script for Node; undefined if it has none to be found. */
export function ownProgram(directory: string): string | undefined {
  try {
    // Resolved as the project itself would, so that workspaces and pnpm's layout work.
    const manifest = createRequire(join(directory, 'package.json')).resolve('scalekit-mcp/package.json');
    return join(dirname(manifest), 'bin/scalekit-mcp.js');
  } catch {
    return undefined;
  }
}
