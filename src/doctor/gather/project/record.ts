import type { EjectedFact } from '../../facts/index.ts';
import { objectIn, parseObject } from '../../reading.ts';

/** What our commands have recorded about a project. */
export const recordFile = '.scalekit-mcp.json';

/** @returns from which release the protection was ejected, and where to; undefined if it was not. */
export function ejectedOf(text: string | undefined): EjectedFact | undefined {
  const ejected = objectIn(parseObject(text)?.ejected);
  const { version, folder } = ejected ?? {};
  return typeof version === 'string' && typeof folder === 'string' ? { version, folder } : undefined;
}
