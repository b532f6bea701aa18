/** JSON is merged member by member, because a line that npm moved is not a conflict, and conflict markers would break the file. */

type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
type Members = { readonly [key: string]: Json };

export interface MergedJson {
  readonly value: Json | undefined;
  /** Paths of members that both sides have changed differently; the owner's value is kept. */
  readonly conflicts: readonly string[];
}

const isMembers = (value: Json | undefined): value is Members =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The order of members does not matter. */
function isSame(a: Json | undefined, b: Json | undefined): boolean {
  if (isMembers(a) && isMembers(b)) {
    const names = Object.keys(a);
    return (
      names.length === Object.keys(b).length && names.every((name) => name in b && isSame(a[name], b[name]))
    );
  }
  if (Array.isArray(a) && Array.isArray(b))
    return a.length === b.length && a.every((each, index) => isSame(each, b[index]));
  return a === b;
}

/**
 * Merges three JSON values.
 * @param base what both are based on; undefined for a member that it did not have.
 * @param path of the value, for the list of conflicts.
 * @returns the merged value (undefined: the member is removed), in the owner's order.
 */
export function mergeJson(
  mine: Json | undefined,
  base: Json | undefined,
  theirs: Json | undefined,
  path = '',
): MergedJson {
  if (isSame(theirs, base) || isSame(mine, theirs)) return { value: mine, conflicts: [] };
  if (isSame(mine, base)) return { value: theirs, conflicts: [] };
  if (!isMembers(mine) || !isMembers(theirs)) return { value: mine, conflicts: [path] };
  const old = isMembers(base) ? base : {};
  const names = [...new Set([...Object.keys(mine), ...Object.keys(theirs)])];
  const merged = names.map((name) => {
    const own = (members: Members) => (Object.hasOwn(members, name) ? members[name] : undefined);
    const result = mergeJson(own(mine), own(old), own(theirs), path === '' ? name : `${path}.${name}`);
    return { name, ...result };
  });
  return {
    value: Object.fromEntries(
      merged.flatMap(({ name, value }) => (value === undefined ? [] : [[name, value]])),
    ),
    conflicts: merged.flatMap(({ conflicts }) => conflicts),
  };
}

function parsed(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}

/** A file's own indentation. */
const indentOf = (text: string) => /^[{[]\r?\n([ \t]+)/.exec(text)?.[1] ?? 2;

/** @returns undefined if one of the texts is not JSON, such as a file with comments. */
export function mergeJsonTexts(
  mine: string,
  base: string,
  theirs: string,
): { readonly text: string; readonly conflicts: readonly string[] } | undefined {
  const values = [mine, base === '' ? '{}' : base, theirs].map(parsed);
  const [ours, old, news] = values;
  if (ours === undefined || old === undefined || news === undefined) return undefined;
  const { value, conflicts } = mergeJson(ours, old, news);
  if (isSame(value, ours)) return { text: mine, conflicts };
  if (isSame(value, news)) return { text: theirs, conflicts };
  return { text: `${JSON.stringify(value, null, indentOf(mine))}\n`, conflicts };
}
