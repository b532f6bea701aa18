import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, posix } from 'node:path';
import ownManifest from '../../../packages/scalekit-mcp-server/package.json' with { type: 'json' };
import { UserError } from '../../terminal/errors.ts';

/** The package that protects a generated server. */
export const protectionPackage = 'scalekit-mcp-server';

/** Where its TypeScript goes in a project. */
export const protectionFolder = 'src/protect';

/** What a project that takes the protection over needs to know about it. */
export interface Protection {
  readonly version: string;
  /** Each export of the package by its specifier, and the file in the project that replaces it. */
  readonly exports: ReadonlyMap<string, string>;
  /** Its dependencies by name, with the installed versions. */
  readonly dependencies: Readonly<Record<string, string>>;
  /**
   * @param specifiers exports of the package that the project uses.
   * @returns the texts of these and of all that they import, and the licence, by their path in the project.
   */
  sources(specifiers: readonly string[]): ReadonlyMap<string, string>;
}

type Exports = Readonly<Record<string, { readonly types?: string } | string>>;

interface Manifest {
  readonly version: string;
  readonly exports: Exports;
  readonly dependencies?: Readonly<Record<string, string>>;
}

/** The package's `src/server/` becomes the folder itself; its sibling folders go below. */
const inProject = (path: string) => posix.join(protectionFolder, path.replace(/^src\/(?:server\/)?/, ''));

const relativeImport = /((?:\bfrom\s*|\bimport\s*\(?\s*))'(\.{1,2}\/[^']+)'/g;

/** @returns the specifier with which one file of the project imports another. */
export function specifierFrom(file: string, target: string): string {
  const path = posix.relative(posix.dirname(file), target);
  return path.startsWith('.') ? path : `./${path}`;
}

/** Moves a source of the package to its place in the project, and adapts its relative imports. */
function moved(path: string, text: string): { text: string; imports: readonly string[] } {
  const imports: string[] = [];
  const rewritten = text.replaceAll(relativeImport, (_, before: string, specifier: string) => {
    const target = posix.join(posix.dirname(path), specifier);
    imports.push(target);
    return `${before}'${specifierFrom(inProject(path), inProject(target))}'`;
  });
  return { text: rewritten, imports };
}

/** Examples in its docstrings import the package: they show what a file in `src/` imports now. */
function withOwnExamples(text: string, exports: ReadonlyMap<string, string>): string {
  return text.replaceAll(/'(scalekit-mcp-server(?:\/[\w./-]+)?)'/g, (found, specifier: string) => {
    const file = exports.get(specifier);
    return file === undefined ? found : `'${specifierFrom('src/main.ts', inProject(file))}'`;
  });
}

function readSources(
  root: string,
  entries: readonly string[],
  exports: ReadonlyMap<string, string>,
): ReadonlyMap<string, string> {
  const files = new Map<string, string>([
    [`${protectionFolder}/LICENSE`, readFileSync(join(root, 'LICENSE'), 'utf8')],
  ]);
  const open = [...entries];
  for (let path = open.pop(); path !== undefined; path = open.pop()) {
    if (files.has(inProject(path))) continue;
    const { text, imports } = moved(path, readFileSync(join(root, path), 'utf8'));
    files.set(inProject(path), withOwnExamples(text, exports));
    open.push(...imports);
  }
  return files;
}

const notInstalled = (what: string) =>
  new UserError(what, {
    code: 'eject/not-installed',
    next: "your package manager's install, e.g. npm install",
  });

/** Also finds packages that do not export their manifest, by the folders where Node would look. */
function installedVersion(name: string, from: NodeJS.Require): string {
  for (const folder of from.resolve.paths(name) ?? []) {
    const manifest = join(folder, name, 'package.json');
    if (existsSync(manifest)) return (JSON.parse(readFileSync(manifest, 'utf8')) as Manifest).version;
  }
  throw notInstalled(`${name}, which ${protectionPackage} needs, is not installed.`);
}

/** @returns the TypeScript of each export, as a path in the package. */
function sourcesOf(exports: Exports): ReadonlyMap<string, string> {
  return new Map(
    Object.entries(exports).flatMap(([name, target]) => {
      const types = typeof target === 'string' ? undefined : target.types;
      if (types === undefined) return [];
      const file = types.replace(/^\.\/dist\//, 'src/').replace(/\.d\.ts$/, '.ts');
      return [[posix.join(protectionPackage, name), file] as const];
    }),
  );
}

/** Each export of the package in this release, and the file that replaces it in a project that has ejected. */
export const ejectedExports: ReadonlyMap<string, string> = new Map(
  [...sourcesOf(ownManifest.exports)].map(([specifier, file]) => [specifier, inProject(file)]),
);

/**
 * Reads the installed protection of a project, without running any of it.
 * @throws UserError if it is not installed, or came without its TypeScript.
 */
export function readProtection(directory: string): Protection {
  let manifestPath: string;
  try {
    manifestPath = createRequire(join(directory, 'package.json')).resolve(
      `${protectionPackage}/package.json`,
    );
  } catch {
    throw notInstalled(`${protectionPackage} is not installed in ${directory}.`);
  }
  const root = dirname(manifestPath);
  const manifest = JSON.parse(readFileSync(manifestPath, 'utf8')) as Manifest;
  const exports = sourcesOf(manifest.exports);
  for (const file of exports.values())
    if (!existsSync(join(root, file))) throw notInstalled(`${protectionPackage} came without its ${file}.`);
  const from = createRequire(manifestPath);
  return {
    version: manifest.version,
    exports: new Map([...exports].map(([specifier, file]) => [specifier, inProject(file)])),
    dependencies: Object.fromEntries(
      Object.keys(manifest.dependencies ?? {}).map((name) => [name, installedVersion(name, from)]),
    ),
    sources: (specifiers) =>
      readSources(
        root,
        specifiers.flatMap((each) => exports.get(each) ?? []),
        exports,
      ),
  };
}
