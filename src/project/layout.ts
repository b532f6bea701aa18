import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { UserError } from '../terminal/errors.ts';

/** A TypeScript project in the layout of `create-scalekit-mcp`; all paths are absolute. */
export interface Project {
  readonly directory: string;
  /** The script of the project's own TypeScript compiler. */
  readonly compiler: string;
  /** The server, compiled file by file. */
  readonly entry: string;
  readonly environmentFile: string;
}

/**
 * Where `dev` compiles to, file by file. `npm run build` writes one bundled file, `dist/src/main.js`.
 */
export const compiledFolder = 'dist/compiled';
export const compiledEntry = `${compiledFolder}/src/main.js`;
export const compiledTests = `${compiledFolder}/test`;

/** Compiler options that put the output there, whatever the project's tsconfig.json says. */
export const compilerOutput: readonly string[] = [
  '--rootDir',
  '.',
  '--outDir',
  compiledFolder,
  '--noEmitOnError',
];

/**
 * Finds the project in a directory.
 * @throws UserError if there is none, or its packages are not installed.
 */
export function openProject(directory: string): Project {
  const has = (name: string) => existsSync(join(directory, name));
  if (!has('package.json') || !has('tsconfig.json')) {
    const python = has('pyproject.toml') || has('requirements.txt');
    throw new UserError(
      python
        ? `${directory} is a Python project; in this version dev works for TypeScript projects only.`
        : `There is no TypeScript project in ${directory}: it needs a package.json and a tsconfig.json.`,
      {
        next: python
          ? 'Run `scalekit-mcp emulate` here, and the server in a second terminal.'
          : 'Go to the folder that create-scalekit-mcp made, or make one: npx create-scalekit-mcp todo-mcp',
      },
    );
  }
  const compiler = findCompiler(directory);
  if (compiler === undefined)
    throw new UserError(`TypeScript is not installed in ${directory}.`, { next: 'npm install' });
  return {
    directory,
    compiler,
    entry: join(directory, compiledEntry),
    environmentFile: join(directory, '.env'),
  };
}

/** @returns the script of a project's own compiler, wherever its package manager put it; undefined if there is none. */
export function findCompiler(directory: string): string | undefined {
  try {
    // Resolved as from the project itself, so that workspaces and pnpm's layout work.
    const manifest = createRequire(join(directory, 'package.json')).resolve('typescript/package.json');
    const { bin } = JSON.parse(readFileSync(manifest, 'utf8')) as { bin?: { tsc?: string } };
    return bin?.tsc === undefined ? undefined : join(dirname(manifest), bin.tsc);
  } catch {
    return undefined;
  }
}
