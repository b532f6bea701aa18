/**
 * What a `.env` sets. The rules are those of `util.parseEnv` in Node.js 22 and later, on every Node.js: Node.js 20 runs a
 * line without `=` into the name on the next line, and from 22 on `NAME=` with spaces behind it takes the next line as its
 * value. Pure, so that the server, `dev`, the doctor and create read a file alike.
 */

/** Some editors on Windows put this before a text; `util.parseEnv` takes it as part of the first variable's name. */
export const byteOrderMark = '\uFEFF';

/** One variable that an env file sets. */
export interface Assignment {
  readonly name: string;
  /** Without quotes, with escapes and references resolved. */
  readonly value: string;
  /** Where the value is in the text, its quotes included. */
  readonly start: number;
  readonly end: number;
}

/** Matches a pattern at exactly one position of a text. */
export function matchAt(pattern: RegExp, text: string, index: number): RegExpExecArray | null {
  const sticky = new RegExp(pattern.source, `${pattern.flags.replace('y', '')}y`);
  sticky.lastIndex = index;
  return sticky.exec(text);
}

/** @returns where the line that holds a position ends, before its line break. */
export function endOfLine(text: string, index: number, lineBreak = nodeRules.lineBreak): number {
  const pattern = new RegExp(lineBreak.source, 'g');
  pattern.lastIndex = index;
  return pattern.exec(text)?.index ?? text.length;
}

/** An empty value without quotes starts right after the `=`, so that text inserted there stays clear of a comment. */
export function unquoted(afterEquals: number, start: number, length: number): [number, number] {
  return length === 0 ? [afterEquals, afterEquals] : [start, start + length];
}

/** A carriage return is nothing to Node.js, wherever it is. */
function withoutReturns(text: string): string {
  return text.replaceAll('\r', '');
}

function trimBlanks(text: string): string {
  return text.replaceAll(/^[ \t]+|[ \t]+$/g, '');
}

/** Only double quotes have an escape, `\n`. */
function unquote(text: string): string {
  const inner = text.slice(1, -1);
  return text.startsWith('"') ? inner.replaceAll('\\n', '\n') : inner;
}

/** @returns the value on a line without quotes around it. Node.js drops blanks behind an open quote only at the text's end. */
function bareValue(line: string, isLast: boolean): string {
  const isOpen = /^["'`]/.test(line);
  const value = isOpen ? line : line.replace(/#[\s\S]*$/, '');
  return isOpen && !isLast ? value : value.replace(/[ \t\r]+$/, '');
}

/**
 * Reads the line at a position as Node.js does. A quote that is never closed is an ordinary character; outside quotes every `#` starts a
 * comment; what follows a closing quote is ignored.
 * @returns undefined if it sets nothing.
 */
function assignmentAt(text: string, index: number): Assignment | undefined {
  const head = matchAt(/[ \t\r]*(?![ \t\r#])([^=\n]*)=/, text, index);
  const name = trimBlanks(trimBlanks(withoutReturns(head?.[1] ?? '')).replace(/^export /, ''));
  if (head === null || name === '') return undefined;
  const afterEquals = index + head[0].length;
  const start = afterEquals + (matchAt(/[ \t\r]*(?!\n)/, text, afterEquals)?.[0].length ?? 0);
  const quoted = matchAt(/"[^"]*"|'[^']*'|`[^`]*`/, text, start)?.[0];
  if (quoted !== undefined)
    return { name, value: withoutReturns(unquote(quoted)), start, end: start + quoted.length };
  const line = text.slice(start, endOfLine(text, start));
  const bare = bareValue(line, /^[ \t\r\n]*$/.test(text.slice(start + line.length)));
  const [from, to] = unquoted(afterEquals, start, bare.length);
  return { name, value: withoutReturns(text.slice(from, to)), start: from, end: to };
}

/** A line, or the lines of a value in quotes, and what it sets. */
export interface EnvSegment {
  /** Where it starts in the text. */
  readonly from: number;
  /** Where the next one starts. */
  readonly to: number;
  /** Counted from 1. */
  readonly line: number;
  /** A quoted value can span several lines. */
  readonly hasSeveralLines: boolean;
  readonly assignment: Assignment | undefined;
}

/** How a language reads an env file. */
export interface EnvLanguage {
  readonly lineBreak: RegExp;
  /** Reads the line at a position. Without a name it is something that the language ignores. */
  read(text: string, index: number): (Omit<Assignment, 'name'> & { readonly name?: string }) | undefined;
}

const nodeRules: EnvLanguage = { lineBreak: /\r?\n/, read: assignmentAt };

/** @returns an env file line by line. */
export function segmentsOf(text: string, language: EnvLanguage = nodeRules): readonly EnvSegment[] {
  const { lineBreak } = language;
  const segments: EnvSegment[] = [];
  let line = 1;
  for (let from = text.startsWith(byteOrderMark) ? 1 : 0; from < text.length; ) {
    const found = language.read(text, from);
    const end = endOfLine(text, found?.end ?? from, lineBreak);
    const to = end + (matchAt(lineBreak, text, end)?.[0].length ?? 0);
    const lines = text.slice(from, end).split(lineBreak).length;
    const assignment = found?.name === undefined ? undefined : { ...found, name: found.name };
    segments.push({ from, to, line, hasSeveralLines: lines > 1, assignment });
    line += lines;
    from = to;
  }
  return segments;
}

/** @returns the variables that an env file sets; the last one of a name counts. */
export function variablesOfEnv(text: string): Readonly<Record<string, string>> {
  return Object.fromEntries(
    segmentsOf(text).flatMap(({ assignment }) =>
      assignment === undefined ? [] : [[assignment.name, assignment.value]],
    ),
  );
}
