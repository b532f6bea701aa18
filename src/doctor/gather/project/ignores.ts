import type { Ignore } from '../../facts.ts';
import { objectIn, parseObject } from './files.ts';

/** The file in which a project's owner says which findings they live with, and why. */
export const ignoreFile = 'scalekit-doctor.json';

/** @returns the entries of `{"ignore": [{"code": "SKM333", "reason": "…"}]}`; a missing reason is an empty one. */
export function readIgnores(text: string | undefined): readonly Ignore[] {
  const list = parseObject(text)?.ignore;
  if (!Array.isArray(list)) return [];
  return list.flatMap((item: unknown) => {
    const entry = objectIn(item);
    if (typeof entry?.code !== 'string') return [];
    return [{ code: entry.code, reason: typeof entry.reason === 'string' ? entry.reason.trim() : '' }];
  });
}
