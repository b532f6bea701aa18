import {
  createScanner,
  findNodeAtLocation,
  getNodeValue,
  type Node,
  type ParseError,
  parseTree,
  printParseErrorCode,
} from 'jsonc-parser';
import type { JsonObject, JsonValue } from '../clients/client.ts';
import { lineEndOf } from '../source-text.ts';
import { type EntryFormat, type EntryPlace, isObject, NotUnderstood } from './entry.ts';

/** Edits JSON, with or without comments, as text: a property is added or removed, and everything else stays byte for byte. */

/** The parser's numbers: its enums are `const`, which a module cannot import. */
const Token = { comma: 5, lineComment: 12, blockComment: 13, lineBreak: 14, space: 15, end: 17 } as const;
const invalidComment = 10;

const lineAt = (text: string, offset: number) => text.slice(0, offset).split('\n').length;

const byteOrderMark = '\uFEFF';

/** Why the parser stopped, in words. */
function problemOf({ error }: ParseError): string {
  if (Number(error) === invalidComment) return 'a comment, which this client does not read';
  const words = printParseErrorCode(error).replaceAll(/\B[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
  return words.replace(/^./, (first) => first.toLowerCase());
}

/** If a name occurs twice in an object, programs differ in which one they read. */
function refuseTwins(text: string, node: Node): void {
  const seen = new Set<unknown>();
  for (const property of node.children ?? []) {
    const [key] = property.children ?? [];
    if (seen.has(key?.value))
      throw new NotUnderstood(
        `"${key?.value}" stands twice in the same object`,
        lineAt(text, property.offset),
      );
    seen.add(key?.value);
  }
}

/** @returns the outermost object. */
function parse(text: string, format: EntryPlace['format']): Node {
  const errors: ParseError[] = [];
  const strict = format === 'json';
  const root = parseTree(text.replace(byteOrderMark, ' '), errors, {
    disallowComments: strict,
    allowTrailingComma: !strict,
  });
  const [first] = errors;
  if (first !== undefined) throw new NotUnderstood(problemOf(first), lineAt(text, first.offset));
  if (root?.type !== 'object') throw new NotUnderstood('it is no JSON object', 1);
  refuseTwins(text, root);
  return root;
}

function objectAt(text: string, root: Node, path: readonly string[]): Node | undefined {
  const node = findNodeAtLocation(root, [...path]);
  if (node === undefined) return undefined;
  if (node.type !== 'object')
    throw new NotUnderstood(`"${path.join('.')}" is no object`, lineAt(text, node.offset));
  refuseTwins(text, node);
  return node;
}

/** The layout of a text, so that additions look like the rest. */
interface Layout {
  readonly unit: string;
  readonly eol: string;
  /** Between a key and its value, and after commas, if everything is on one line. */
  readonly space: string;
}

function layoutOf(text: string): Layout {
  return {
    unit: /^([ \t]+)["}\]]/m.exec(text)?.[1] ?? '  ',
    eol: lineEndOf(text),
    space: /":\S/.test(text) && !/":\s/.test(text) ? '' : ' ',
  };
}

function inOneLine(value: JsonValue, layout: Layout): string {
  const { space } = layout;
  const list = (parts: readonly string[]) => parts.join(`,${space}`);
  if (isList(value)) return `[${list(value.map((each) => inOneLine(each, layout)))}]`;
  if (!isObject(value)) return JSON.stringify(value);
  const parts = Object.entries(value).map(
    ([key, part]) => `${JSON.stringify(key)}:${space}${inOneLine(part, layout)}`,
  );
  return `{${list(parts)}}`;
}

function inLines(value: JsonValue, indent: string, { unit, eol }: Layout): string {
  return JSON.stringify(value, null, unit).replaceAll('\n', `${eol}${indent}`);
}

/** The white space at the beginning of the line of a position. */
function indentAt(text: string, offset: number): string {
  const start = text.lastIndexOf('\n', offset - 1) + 1;
  return /^[ \t]*/.exec(text.slice(start, offset))?.[0] ?? '';
}

const isList = (value: JsonValue): value is readonly JsonValue[] => Array.isArray(value);

const splice = (text: string, from: number, to: number, part: string) =>
  text.slice(0, from) + part + text.slice(to);

/** What is between a position and the end of its object: a comma, and the comments on the same line. */
function after(text: string, offset: number): { readonly comma: number | undefined; readonly end: number } {
  const scanner = createScanner(text, false);
  scanner.setPosition(offset);
  let comma: number | undefined;
  let end = offset;
  for (;;) {
    const token = Number(scanner.scan());
    if (token === Token.space || token === Token.lineBreak) continue;
    const isComment = token === Token.lineComment || token === Token.blockComment;
    if (token !== Token.comma && !isComment) return { comma, end };
    if (token === Token.comma) comma = scanner.getTokenOffset();
    // A comment on its own line belongs to what follows.
    else if (text.slice(end, scanner.getTokenOffset()).includes('\n')) return { comma, end };
    end = scanner.getTokenOffset() + scanner.getTokenLength();
  }
}

function insertFirst(text: string, object: Node, key: string, value: JsonValue): string {
  const layout = layoutOf(text);
  const [start, end] = [object.offset + 1, object.offset + object.length - 1];
  const inside = text.slice(start, end);
  const whole = text.replace(byteOrderMark, '').trim();
  // A file on one line stays on one; `{}` alone has no layout to keep.
  if (!whole.includes('\n') && whole !== '{}') {
    const property = `${JSON.stringify(key)}:${layout.space}${inOneLine(value, layout)}`;
    return splice(text, start, end, `${inside.trimEnd()}${property}`);
  }
  const base = indentAt(text, inside.includes('\n') ? end : object.offset);
  const indent = base + layout.unit;
  const property = `${indent}${JSON.stringify(key)}: ${inLines(value, indent, layout)}${layout.eol}${base}`;
  // Comments in it stay where they are.
  return splice(text, start, end, `${inside.trimEnd()}${layout.eol}${property}`);
}

function insertAfter(text: string, object: Node, last: Node, key: string, value: JsonValue): string {
  const layout = layoutOf(text);
  const lastEnd = last.offset + last.length;
  const { comma, end } = after(text, lastEnd);
  const hasOwnLine = text.slice(object.offset, last.offset).includes('\n');
  const isInLines = hasOwnLine || text.slice(lastEnd, object.offset + object.length).includes('\n');
  const indent = indentAt(text, last.offset) + (hasOwnLine ? '' : layout.unit);
  const property = isInLines
    ? `${layout.eol}${indent}${JSON.stringify(key)}: ${inLines(value, indent, layout)}`
    : `${layout.space}${JSON.stringify(key)}:${layout.space}${inOneLine(value, layout)}`;
  // If the list has a trailing comma, our entry has one, too.
  if (comma !== undefined) return splice(text, end, end, `${property},`);
  return `${text.slice(0, lastEnd)},${text.slice(lastEnd, end)}${property}${text.slice(end)}`;
}

function insert(text: string, object: Node, key: string, value: JsonValue): string {
  const last = object.children?.at(-1);
  return last === undefined
    ? insertFirst(text, object, key, value)
    : insertAfter(text, object, last, key, value);
}

/** Sets the value at a path, and creates the missing objects on the way. */
function setAt(
  text: string,
  format: EntryPlace['format'],
  path: readonly string[],
  value: JsonValue,
): string {
  const root = parse(text, format);
  const there = findNodeAtLocation(root, [...path]);
  if (there !== undefined) {
    const layout = layoutOf(text);
    const old = text.slice(there.offset, there.offset + there.length);
    const isInLines = old.includes('\n') || (isObject(value) && text.includes('\n'));
    const written = isInLines
      ? inLines(value, indentAt(text, there.offset), layout)
      : inOneLine(value, layout);
    return splice(text, there.offset, there.offset + there.length, written);
  }
  const parent = path.slice(0, -1);
  const [key = ''] = path.slice(-1);
  const object = parent.length === 0 ? root : objectAt(text, root, parent);
  return object === undefined
    ? setAt(text, format, parent, { [key]: value })
    : insert(text, object, key, value);
}

/** The end of what precedes a position: its last character that is neither white space nor in a comment. */
function codeBefore(text: string, from: number, offset: number): number {
  const scanner = createScanner(text.slice(0, offset), true);
  scanner.setPosition(from);
  let end = from;
  while (Number(scanner.scan()) !== Token.end) end = scanner.getTokenOffset() + scanner.getTokenLength();
  return end;
}

/** Removes a property, with the comma that separates it from its neighbours and the line that it is on. */
function drop(text: string, object: Node, property: Node): string {
  const [end, close] = [property.offset + property.length, object.offset + object.length - 1];
  const { comma } = after(text, end);
  const to = comma === undefined ? end : comma + 1;
  const from = text.slice(0, property.offset).trimEnd().length;
  const isLast = comma === undefined && object.children?.[0] !== property;
  // The comma before the last property is no longer needed.
  const before = isLast ? codeBefore(text, object.offset + 1, property.offset) : from;
  const kept = isLast ? text.slice(0, before - 1) + text.slice(before, from) : text.slice(0, from);
  const result = kept + text.slice(to);
  const newClose = close - (text.length - result.length);
  const isEmpty = result.slice(object.offset + 1, newClose).trim() === '';
  return isEmpty ? splice(result, object.offset + 1, newClose, '') : result;
}

function findProperty(object: Node, name: string): Node | undefined {
  return object.children?.find(({ children }) => children?.[0]?.value === name);
}

function isBlank(text: string): boolean {
  return text.replace(byteOrderMark, '').trim() === '';
}

/** A new file. What an empty file starts with, such as a byte order mark, stays. */
function fresh(text: string, { key, name, preamble }: EntryPlace, value: JsonObject): string {
  const mark = text.startsWith(byteOrderMark) ? byteOrderMark : '';
  return `${mark}${JSON.stringify({ ...preamble, [key]: { [name]: value } }, null, 2)}\n`;
}

export const jsonEntries: EntryFormat = {
  entries(text, { format, key }) {
    if (isBlank(text)) return new Map();
    const container = objectAt(text, parse(text, format), [key]);
    // The parser's objects have no prototype, which comparisons would count as a difference.
    const values = container === undefined ? {} : (structuredClone(getNodeValue(container)) as JsonObject);
    return new Map(
      Object.entries(values).map(([name, value]) => [name, isObject(value) ? value : {}] as const),
    );
  },

  add(text, place, value) {
    if (isBlank(text)) return fresh(text, place, value);
    const root = parse(text, place.format);
    const container = objectAt(text, root, [place.key]);
    return container === undefined
      ? insert(text, root, place.key, { [place.name]: value })
      : insert(text, container, place.name, value);
  },

  change(text, { format, key, name }, { set, drop: dropped }) {
    const changed = set.reduce(
      (before, [path, value]) => setAt(before, format, [key, name, ...path], value),
      text,
    );
    return dropped.reduce((before, each) => {
      const entry = objectAt(before, parse(before, format), [key, name]);
      const property = entry && findProperty(entry, each);
      return entry && property ? drop(before, entry, property) : before;
    }, changed);
  },

  remove(text, { format, key, name }) {
    const container = objectAt(text, parse(text, format), [key]);
    const property = container && findProperty(container, name);
    return container && property ? drop(text, container, property) : text;
  },
};
