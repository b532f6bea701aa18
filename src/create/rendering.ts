/**
 * Prose, compiled by the build (scripts/prose.js) from Handlebars' language. It is data and not code, since JSON takes a start
 * less time to read than JavaScript.
 */

/** How many lists further out the name is looked up, and its parts; without parts it is the entry of the list itself. */
export type Name = readonly [out: number, ...parts: readonly string[]];

/** Text as it stands, the value of a name, or a block with what stands in it and what stands after its `{{else}}`. */
export type Piece =
  | string
  | readonly [kind: 'name', name: Name]
  | readonly [
      kind: 'if' | 'unless' | 'each',
      name: Name,
      body: readonly Piece[],
      otherwise: readonly Piece[],
    ];

function memberOf(value: unknown, name: string): unknown {
  if (value === undefined || value === null || !Object.hasOwn(value, name))
    throw new Error(`"${name}" not defined in the data of a template`);
  return (value as Readonly<Record<string, unknown>>)[name];
}

/** @param contexts what names are looked up in, the innermost first. */
function lookUp([out, ...parts]: Name, contexts: readonly unknown[]): unknown {
  return parts.reduce(memberOf, contexts[out]);
}

/** A condition may ask for a name that is missing, unlike a value, but not for a member of one that is missing. */
function conditionOf([out, ...parts]: Name, contexts: readonly unknown[]): unknown {
  const last = parts.pop();
  const parent = lookUp([out, ...parts], contexts);
  return last === undefined ? parent : (parent as Readonly<Record<string, unknown>>)[last];
}

/** An empty list is falsy, as in Handlebars. */
function holds(value: unknown): boolean {
  return Array.isArray(value) ? value.length > 0 : Boolean(value);
}

function renderPiece(piece: Piece, contexts: readonly unknown[]): string {
  if (typeof piece === 'string') return piece;
  const [kind, name, body = [], otherwise = []] = piece;
  if (kind === 'name') return String(lookUp(name, contexts) ?? '');
  const value = conditionOf(name, contexts);
  if (kind !== 'each') return render(holds(value) === (kind === 'if') ? body : otherwise, contexts);
  if (!Array.isArray(value) || value.length === 0) return render(otherwise, contexts);
  return value.map((entry) => render(body, [entry, ...contexts])).join('');
}

/**
 * Renders compiled prose.
 * @param contexts what names are looked up in: the data alone, and in a list its entry before it.
 * @throws Error if the data lacks a name that the text has.
 */
export function render(pieces: readonly Piece[], contexts: readonly unknown[]): string {
  return pieces.map((piece) => renderPiece(piece, contexts)).join('');
}
