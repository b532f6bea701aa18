import { access, readdir, readFile, stat } from 'node:fs/promises';
import { extname, join, posix } from 'node:path';

/** A file that was read: its path relative to the project, with `/`, and its text. */
export interface TextFile {
  readonly file: string;
  readonly text: string;
}

/** @returns whether there is a file or a folder at a path. */
export function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

/** Nothing that a check reads is larger: a larger file is not written by hand. */
const largestFile = 256 * 1024;

/**
 * @param decode throws an Error that says why the bytes are not text.
 * @returns the text, why it cannot be read, or undefined if there is no such file.
 */
export async function readTextOrWhyNot(
  directory: string,
  file: string,
  decode = (bytes: Buffer): string => bytes.toString('utf8'),
): Promise<TextFile | { readonly unreadable: string } | undefined> {
  try {
    const path = join(directory, file);
    const status = await stat(path);
    if (!status.isFile()) return { unreadable: 'it is not a file' };
    if (status.size > largestFile) return { unreadable: `it is larger than ${largestFile / 1024} KB` };
    return { file, text: decode(await readFile(path)) };
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    return code === 'ENOENT' || code === 'ENOTDIR' ? undefined : { unreadable: code ?? message };
  }
}

/** @returns the text, or undefined if there is no such file, it cannot be read, or it is too large. */
export async function readText(directory: string, file: string): Promise<TextFile | undefined> {
  const read = await readTextOrWhyNot(directory, file);
  return read !== undefined && 'text' in read ? read : undefined;
}

/** @returns those of the files that can be read. */
export async function readTexts(directory: string, files: readonly string[]): Promise<readonly TextFile[]> {
  const texts = await Promise.all(files.map((file) => readText(directory, file)));
  return texts.filter((text) => text !== undefined);
}

/** @returns the line, counted from 1, of a position in a text. */
export function lineAt(text: string, position: number): number {
  return text.slice(0, Math.max(0, position)).split('\n').length;
}

const sourceExtensions: ReadonlySet<string> = new Set(['.ts', '.mts', '.tsx', '.js', '.mjs', '.cjs', '.py']);

/** Not the project's own source, or source that is not run with it (tests, examples), and may say wrong things on purpose. */
const skippedFolders =
  /^(?:\..*|node_modules|dist|build|out|vendor|coverage|venv|env|site-packages|__pycache__|tests?|__tests__|examples?|samples?|templates?)$/;

const mostSources = 300;

async function listSources(directory: string, folder: string, depth: number): Promise<readonly string[]> {
  const entries = await readdir(join(directory, folder), { withFileTypes: true }).catch(() => []);
  const nested = entries.map((entry) => {
    const path = posix.join(folder, entry.name);
    if (entry.isDirectory())
      return depth > 0 && !skippedFolders.test(entry.name) ? listSources(directory, path, depth - 1) : [];
    const isSource = sourceExtensions.has(extname(entry.name)) && !/[._](?:test|spec)\./.test(entry.name);
    return isSource ? [path] : [];
  });
  return (await Promise.all(nested)).flat();
}

/** @returns the project's own source files down to a depth of folders, without its tests. */
export async function readSources(directory: string, depth: number): Promise<readonly TextFile[]> {
  const files = await listSources(directory, '', depth);
  return readTexts(directory, files.slice(0, mostSources));
}
