import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { UserError } from '../terminal/errors.ts';

/** A project in the layout of `create-scalekit-mcp`; all paths are absolute. */
export type Project = TypeScriptProject | PythonProject;

interface AnyProject {
  readonly directory: string;
  /** What starts the server: JavaScript, compiled file by file, or `server.py`. */
  readonly entry: string;
  readonly environmentFile: string;
}

export interface TypeScriptProject extends AnyProject {
  readonly language: 'typescript';
  /** The script of the project's own TypeScript compiler. */
  readonly compiler: string;
}

export interface PythonProject extends AnyProject {
  readonly language: 'python';
  /** The Python of the project's virtual environment. */
  readonly interpreter: string;
}

/**
 * Where `dev` compiles to, file by file. `npm run build` writes one bundled file, `dist/src/main.js`.
 */
export const compiledFolder = 'dist/compiled';
const compiledEntry = `${compiledFolder}/src/main.js`;
export const compiledTests = `${compiledFolder}/test`;

/** Compiler options that put the output there, whatever the project's tsconfig.json says. */
export const compilerOutput: readonly string[] = [
  '--rootDir',
  '.',
  '--outDir',
  compiledFolder,
  '--noEmitOnError',
];

/** @returns the language of a project, by its files; undefined if there is no project. */
export function languageIn(directory: string): Project['language'] | undefined {
  const has = (name: string) => existsSync(join(directory, name));
  if (has('package.json') && has('tsconfig.json')) return 'typescript';
  return ['pyproject.toml', 'requirements.txt', 'server.py'].some(has) ? 'python' : undefined;
}

/**
 * @returns why a folder's settings name no server, as the first half of a sentence, and what to do if it is a server's
 *   folder: a `.env` that is not committed is missing in every new clone.
 */
export function whyNoServer(directory: string): { readonly reason: string; readonly next?: string } {
  if (languageIn(directory) === undefined) return { reason: 'There is no project in this folder' };
  if (existsSync(join(directory, '.env')))
    return {
      reason: 'There is no usable MCP_URL in this folder’s .env',
      next: 'npx scalekit-mcp doctor --offline, which says what is wrong with it',
    };
  const hasExample = existsSync(join(directory, '.env.example'));
  return {
    reason: 'There is no .env in this folder',
    ...(hasExample ? { next: 'cp .env.example .env, and fill in what is missing' } : {}),
  };
}

/**
 * Finds the project in a directory.
 * @throws UserError if there is none, or its packages are not installed.
 */
export function openProject(directory: string): Project {
  const environmentFile = join(directory, '.env');
  switch (languageIn(directory)) {
    case 'typescript': {
      const compiler = findCompiler(directory);
      if (compiler === undefined)
        throw new UserError(`TypeScript is not installed in ${directory}.`, { next: 'npm install' });
      const entry = join(directory, compiledEntry);
      return { language: 'typescript', directory, compiler, entry, environmentFile };
    }
    case 'python':
      return openPython(directory, environmentFile);
    case undefined:
      throw new UserError(
        `There is no project in ${directory}: it needs a package.json and a tsconfig.json, or a pyproject.toml.`,
        {
          next: 'Go to the folder that create-scalekit-mcp made, or make one: npx create-scalekit-mcp todo-mcp',
        },
      );
  }
}

function openPython(directory: string, environmentFile: string): PythonProject {
  const entry = join(directory, 'server.py');
  if (!existsSync(entry))
    throw new UserError(`There is no server.py in ${directory}, which is where the server starts.`, {
      next: 'Run `scalekit-mcp emulate` here, and the server in a second terminal.',
    });
  const interpreter = interpreterIn(directory);
  if (interpreter === undefined)
    throw new UserError(`There is no virtual environment .venv in ${directory}.`, {
      next: "uv sync --extra dev (or: python3 -m venv .venv && .venv/bin/pip install -e '.[dev]')",
    });
  return { language: 'python', directory, interpreter, entry, environmentFile };
}

/** @returns the Python of a project's virtual environment; undefined if there is none. */
export function interpreterIn(directory: string): string | undefined {
  return ['.venv/bin/python', '.venv/Scripts/python.exe']
    .map((path) => join(directory, path))
    .find((path) => existsSync(path));
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
