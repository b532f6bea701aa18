import { gunzipSync, gzipSync } from 'node:zlib';
import type { File } from './answers.ts';
import { manifestPath } from './json.ts';

/**
 * The texts that a project was made with, kept in the project: what `scalekit-mcp update` compares both the owner's files
 * and the newer template with. Nothing else can tell them for certain: they depend on the program's code as much as on its templates.
 */
export const baseTextsPath = '.scalekit-mcp.base';

/** `.env` is this machine's; the manifest tells about the others. */
const left = new Set(['.env', manifestPath, baseTextsPath]);

/** @param files all files of a project. @returns the file that keeps their texts, about a fifth of their size. */
export function baseTexts(files: readonly File[]): File {
  const texts = files.flatMap(({ path, content }) =>
    typeof content === 'string' && !left.has(path) ? [[path, content] as const] : [],
  );
  return { path: baseTextsPath, content: gzipSync(JSON.stringify(Object.fromEntries(texts))) };
}

/** @returns the text of each file by path; undefined if the bytes are not what `baseTexts` makes. */
export function readBaseTexts(bytes: Uint8Array): ReadonlyMap<string, string> | undefined {
  try {
    const texts: unknown = JSON.parse(gunzipSync(bytes).toString('utf8'));
    if (typeof texts !== 'object' || texts === null) return undefined;
    return new Map(
      Object.entries(texts).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
    );
  } catch {
    return undefined;
  }
}
