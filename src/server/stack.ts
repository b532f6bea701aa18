// Stack traces that name the source, through the map beside a bundled file. With DEBUG only: reading a map takes time.
import { readFileSync } from 'node:fs';
import { SourceMap } from 'node:module';

const maps = new Map<string, SourceMap | undefined>();

/** @returns a stack trace whose places are those of the source, where DEBUG is set and there is a map that knows them. */
export function traceToSource(stack: string): string {
  // `node --enable-source-maps` has done it already.
  if (!process.env.DEBUG || process.execArgv.includes('--enable-source-maps')) return stack;
  return stack.replaceAll(
    /(file:\/\/[^\s()]+):(\d+):(\d+)/g,
    (place, file: string, line: string, column: string) =>
      sourceOf(file, Number(line), Number(column)) ?? place,
  );
}

/** @param line and column from 1. */
function sourceOf(file: string, line: number, column: number): string | undefined {
  if (!maps.has(file)) maps.set(file, readMap(file));
  const entry = maps.get(file)?.findEntry(line - 1, column - 1);
  if (entry === undefined || !('originalSource' in entry)) return undefined;
  const source = new URL(entry.originalSource, file).href;
  return `${source}:${entry.originalLine + 1}:${entry.originalColumn + 1}`;
}

function readMap(file: string): SourceMap | undefined {
  try {
    return new SourceMap(JSON.parse(readFileSync(new URL(`${file}.map`), 'utf8')));
  } catch {
    // Without a map, the places in the bundle are what there is.
    return undefined;
  }
}
