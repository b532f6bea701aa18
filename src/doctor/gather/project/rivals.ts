import { posix } from 'node:path';
import type { TextFile } from './files.ts';

/** Python files that make a server of their own and are not run: an older version that was kept, another way to start. */

/** `python server.py`, `uvicorn main:app --app-dir src`: the file of the program, relative to the project. */
function entryOf(command: string): string | undefined {
  const script = /\bpython3?\s+(?:-\w+\s+)*([\w./-]+\.py)\b/.exec(command)?.[1];
  if (script !== undefined) return posix.normalize(script);
  const module = /\buvicorn\s+([\w.]+):/.exec(command)?.[1];
  const folder = /--app-dir\s+([\w./-]+)/.exec(command)?.[1] ?? '';
  return module === undefined ? undefined : posix.join(folder, `${module.replaceAll('.', '/')}.py`);
}

/** Every module whose name is part of an import: too many rather than too few. */
function importsOf({ text }: TextFile): ReadonlySet<string> {
  const lines = text.match(/^\s*(?:from|import)\s[^\n]*(?:\([^)]*\))?/gm) ?? [];
  return new Set(lines.flatMap((line) => line.match(/\w+/g) ?? []));
}

/** @returns the files that the entry leads to by its imports, itself included. */
function reachedFrom(entry: TextFile, files: readonly TextFile[]): ReadonlySet<TextFile> {
  const reached = new Set([entry]);
  for (const file of reached) {
    const names = importsOf(file);
    for (const other of files) if (names.has(posix.parse(other.file).name)) reached.add(other);
  }
  return reached;
}

const makesServer = /\b(?:FastMCP|MCPServer|FastApiMCP)\s*\(/;

/**
 * @param command that starts the project.
 * @returns the sources without the servers that this command does not run; all of them if it does not say which file it runs.
 */
export function withoutRivals(
  sources: readonly TextFile[],
  command: string | undefined,
): readonly TextFile[] {
  const python = sources.filter(({ file }) => file.endsWith('.py'));
  const name = command === undefined ? undefined : entryOf(command);
  const entry = python.find(({ file }) => file === name);
  if (entry === undefined) return sources;
  const reached = reachedFrom(entry, python);
  // The command is of another program: which of them is the MCP server is not known.
  if (![...reached].some(({ text }) => makesServer.test(text))) return sources;
  const isRival = (each: TextFile) =>
    each.file.endsWith('.py') && makesServer.test(each.text) && !reached.has(each);
  return sources.filter((each) => !isRival(each));
}
