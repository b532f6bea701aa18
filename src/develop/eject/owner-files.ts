import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../../terminal/errors.ts';
import { protectionPackage, specifierFrom } from './protection.ts';

const skippedFolders = new Set(['node_modules', 'dist', 'vendor', '.git', 'coverage']);

/** @returns the project's own source files and Markdown, as paths from its folder with `/`. */
export function ownerFiles(directory: string): readonly string[] {
  const walk = (folder: string): readonly string[] =>
    readdirSync(join(directory, folder), { withFileTypes: true }).flatMap((entry) => {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (entry.isDirectory()) return skippedFolders.has(entry.name) ? [] : walk(path);
      return entry.isFile() && /\.(?:[cm]?[jt]sx?|md)$/.test(entry.name) ? [path] : [];
    });
  return walk('').toSorted();
}

/** A file of the owner's that names the package. */
export interface Rewritten {
  readonly path: string;
  readonly text: string;
  /** The package's exports that it uses. */
  readonly uses: readonly string[];
}

const mention = new RegExp(`(['"])(${protectionPackage}(?:/[\\w./-]+)?)\\1`, 'g');
/** What may precede a specifier: everything that TypeScript resolves, and nothing else. */
const resolved = /(?:\bfrom|\bimport|\bimport\s*\(|\bdeclare\s+module)\s*$/;

function notUnderstood(path: string, line: number, what: string): UserError {
  return new UserError(`${path}, line ${line}: ${what}. Nothing was changed.`, {
    code: 'eject/not-understood',
    next: 'change that line to an import, or take it out, and run it again',
  });
}

/** Code in Markdown is about tools, which are in `src/tools/`, or about `main.ts` above them. */
function placeOf(path: string, before: string): string {
  if (!path.endsWith('.md')) return path;
  return /\bdeclare\s+module\s*$/.test(before) ? 'src/main.ts' : 'src/tools/tool.ts';
}

/**
 * Makes a file of the owner's import the protection from the project.
 * @param exports each export's specifier and the file that replaces it.
 * @returns undefined if the file does not name the package.
 * @throws UserError if it names the package in a way that is not understood.
 */
export function rewriteImports(
  path: string,
  text: string,
  exports: ReadonlyMap<string, string>,
): Rewritten | undefined {
  const uses = new Set<string>();
  const isProse = path.endsWith('.md');
  const rewritten = text.replaceAll(mention, (found, quote: string, specifier: string, offset: number) => {
    const before = text.slice(0, offset);
    const target = exports.get(specifier);
    const line = before.split('\n').length;
    if (!resolved.test(before)) {
      if (isProse) return found;
      throw notUnderstood(path, line, `${found} is neither imported nor declared here`);
    }
    if (target === undefined) throw notUnderstood(path, line, `${specifier} is no export of the package`);
    if (!isProse) uses.add(specifier);
    return `${quote}${specifierFrom(placeOf(path, before), target)}${quote}`;
  });
  return rewritten === text ? undefined : { path, text: rewritten, uses: [...uses] };
}

/** Rewrites all files of a project that name the package. */
export function rewriteOwnerFiles(
  directory: string,
  exports: ReadonlyMap<string, string>,
): readonly Rewritten[] {
  return ownerFiles(directory).flatMap((path) => {
    const rewritten = rewriteImports(path, readFileSync(join(directory, path), 'utf8'), exports);
    return rewritten === undefined ? [] : [rewritten];
  });
}
