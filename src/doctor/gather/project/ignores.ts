import type { Ignore, ProjectFacts } from '../../facts/index.ts';
import { objectIn, parseObject } from '../../reading.ts';

/** The file in which a project's owner says which findings they live with, and why. */
export const ignoreFile = 'scalekit-doctor.json';

/** What the file says, and which parts of it cannot be used. */
type Ignores = Pick<ProjectFacts, 'ignores' | 'ignoreFile' | 'ignoresProblem'>;

function readEntry(item: unknown): readonly Ignore[] {
  const entry = objectIn(item);
  if (typeof entry?.code !== 'string') return [];
  return [{ code: entry.code, reason: typeof entry.reason === 'string' ? entry.reason.trim() : '' }];
}

/** @returns the entries of `{"ignore": [{"code": "SKM333", "reason": "…"}]}`; a missing reason is an empty one. */
export function readIgnores(text: string | undefined): Ignores {
  if (text === undefined) return { ignores: [], ignoreFile };
  const list = parseObject(text)?.ignore;
  if (!Array.isArray(list))
    return { ignores: [], ignoreFile, ignoresProblem: 'it is not a JSON object with a list "ignore"' };
  const ignores = list.flatMap(readEntry);
  return ignores.length === list.length
    ? { ignores, ignoreFile }
    : { ignores, ignoreFile, ignoresProblem: 'an entry has no "code"' };
}
