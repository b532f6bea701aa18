import { parse, TomlError } from 'smol-toml';
import type { JsonObject, JsonValue } from '../clients/client.ts';
import { lineEndOf } from '../source-text.ts';
import { type EntryFormat, type EntryPlace, isObject, NotUnderstood } from './entry.ts';

/**
 * Edits TOML as text, only in the table of the entry: libraries that write TOML lose comments, or reformat what nobody
 * asked them to. `edit.ts` parses and compares the result of an edit, so that an unusual file is refused and not broken.
 */

function read(text: string): JsonObject {
  try {
    // Dates become text, so that they can be compared: no entry of ours has one.
    return JSON.parse(JSON.stringify(parse(text.replace('\uFEFF', '')))) as JsonObject;
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    const [, why = ''] = /^Invalid TOML document: ([^\n]*)/.exec(error.message) ?? [];
    throw new NotUnderstood(why || 'it is no TOML', error.line);
  }
}

const header = /^[ \t]*\[[^\n]*\][ \t]*(?:#[^\n]*)?\r?$/gm;

/** Multi-line strings may contain what looks like a header. */
function withoutLongStrings(text: string): string {
  return text.replaceAll(/"""[\s\S]*?"""|'''[\s\S]*?'''/g, (part) => part.replaceAll(/[^\r\n]/g, '-'));
}

/** The keys of the table that a header opens; none for `[[…]]`. */
function keysOf(line: string): readonly string[] {
  const [, inside = ''] = /^[ \t]*\[([^[\]].*?)\][ \t]*(?:#.*)?\r?$/.exec(line) ?? [];
  return [...inside.matchAll(/"([^"]*)"|'([^']*)'|([\w-]+)/g)].map(
    ([, double, single, bare]) => double ?? single ?? bare ?? '',
  );
}

interface Section {
  readonly keys: readonly string[];
  readonly start: number;
  /** The end of a table's lines: before the empty lines and comments that precede the next header. */
  readonly end: number;
}

function sectionsOf(text: string): readonly Section[] {
  const headers = [...withoutLongStrings(text).matchAll(header)];
  return headers.map((match, index) => {
    const next = headers[index + 1]?.index ?? text.length;
    const body = text.slice(match.index, next);
    // Comments before a header belong to it, not to the table above.
    const own = index + 1 < headers.length ? body.replace(/(?:^[ \t]*(?:#[^\n]*)?\r?\n)+$/m, '') : body;
    return { keys: keysOf(match[0]), start: match.index, end: match.index + own.length };
  });
}

const isOf = (section: Section, { key, name }: EntryPlace) =>
  section.keys[0] === key && section.keys[1] === name;

function valueText(value: JsonValue): string {
  if (Array.isArray(value)) return `[${value.map(valueText).join(', ')}]`;
  return JSON.stringify(value);
}

function linesOf(value: JsonObject, eol: string): string {
  return Object.entries(value)
    .map(([key, part]) => `${key} = ${valueText(part)}${eol}`)
    .join('');
}

/** Sets one key in the lines of a table: in place if it exists, else as the last. */
function setKey(body: string, key: string, value: JsonValue, eol: string): string {
  const line = new RegExp(
    `^([ \\t]*${key}[ \\t]*=[ \\t]*)(?:"[^"\\n]*"|'[^'\\n]*'|\\[[^\\]]*\\]|[\\w.+-]+)`,
    'm',
  );
  if (line.test(body)) return body.replace(line, (_, start: string) => `${start}${valueText(value)}`);
  const end = body.trimEnd().length;
  return `${body.slice(0, end)}${eol}${key} = ${valueText(value)}${body.slice(end) || eol}`;
}

export const tomlEntries: EntryFormat = {
  entries(text, { key }) {
    const servers = read(text)[key];
    return new Map(
      Object.entries(isObject(servers) ? servers : {}).map(
        ([name, value]) => [name, isObject(value) ? value : {}] as const,
      ),
    );
  },

  add(text, { key, name }, value) {
    const eol = lineEndOf(text);
    const isEmpty = text.replace('\uFEFF', '').trim() === '';
    const gap = isEmpty ? '' : text.endsWith('\n') ? eol : `${eol}${eol}`;
    return `${text}${gap}[${key}.${name}]${eol}${linesOf(value, eol)}`;
  },

  change(text, place, { set, drop }) {
    const section = sectionsOf(text).find((each) => isOf(each, place) && each.keys.length === 2);
    if (section === undefined || drop.length > 0 || set.some(([path]) => path.length !== 1))
      throw new NotUnderstood(`the table [${place.key}.${place.name}] is written in an unusual way`);
    const body = set.reduce(
      (lines, [[key = ''], value]) => setKey(lines, key, value, lineEndOf(text)),
      text.slice(section.start, section.end),
    );
    return text.slice(0, section.start) + body + text.slice(section.end);
  },

  remove(text, place) {
    const own = sectionsOf(text).filter((each) => isOf(each, place));
    return own.reduceRight((rest, { start, end }) => {
      const [before, behind] = [rest.slice(0, start), rest.slice(end)];
      // At the end, also remove the empty line that separated it from what is above.
      return behind.trim() === ''
        ? before.replace(/(\r?\n)(?:[ \t]*\r?\n)+$/, '$1') + behind.trim()
        : before + behind.replace(/^(?:[ \t]*\r?\n)+/, '');
    }, text);
  },
};
