import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkScopes } from '../scalekit/index.ts';
import { systemCode } from '../terminal/errors.ts';
import { languageIn } from './layout.ts';
import { lineEndOf, pythonText, quote } from './source-text.ts';

/** Where a project lists its scopes, by its language. */
export const scopesFiles = { typescript: 'src/scopes.ts', python: 'scopes.py' } as const;

/** @returns where the project in a directory lists its scopes. */
export function scopesFileOf(directory: string): string {
  return scopesFiles[languageIn(directory) ?? 'typescript'];
}

/** How its list is written, for a person who has to correct it. */
const forms = {
  typescript: "defineScopes({ 'name': 'description', … })",
  python: 'SCOPES = {"name": "description", …}',
} as const;

/** @returns the form of the list of scopes, in words. */
export function scopesFormOf(path: string): string {
  return forms[path.endsWith('.py') ? 'python' : 'typescript'];
}

/** A scope as `src/scopes.ts` lists it. */
export interface ListedScope {
  readonly name: string;
  /** What it allows, in plain words. */
  readonly description: string;
  /** Counted from 1. */
  readonly line: number;
}

/** Where the list begins: `defineScopes({`, or Python's `SCOPES = {`. */
const beginning = /\bdefineScopes\(\s*\{|^SCOPES\b[^={(\n]*=\s*\{/m;

/** Where one begins in source of another form: `scopes = {`, `scopes: Scopes = {`, and Python's `SCOPES = {`. */
const otherBeginning = /\b\w*scopes\b[^={(\n;]*=[^={(\n;]*(?:\w+\s*\(\s*)?\{/gi;

/** One entry: `'name': 'description',`. The name may be bare or in brackets, and a formatter may break the entry over lines. */
const entry = new RegExp(
  [
    /(?:\[\s*)?(?:(?<bare>[A-Za-z_$][\w$]*)|(?<name>'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"))(?:\s*\])?/,
    /\s*:\s*/,
    /(?<description>'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"|`(?:[^`\\$]|\\.)*`)\s*(?:,|(?=\}))/,
  ]
    .map(({ source }) => source)
    .join(''),
  'y',
);

/** What may be between entries: white space, and comments of both languages. */
const between = /(?:\s|\/\/[^\n]*|#[^\n]*|\/\*[\s\S]*?\*\/)*/y;

/** @returns the text of a JavaScript string literal; an escape that JSON does not have stands for the escaped character. */
function textOf(literal: string): string {
  const inner = literal.slice(1, -1).replaceAll(/\\(.)|"/gs, (found, escaped?: string) => {
    if (escaped === undefined) return '\\"';
    return /["\\/bfnrtu]/.test(escaped) ? found : escaped;
  });
  try {
    return JSON.parse(`"${inner.replaceAll('\n', '\\n').replaceAll('\t', '\\t')}"`) as string;
  } catch {
    return literal.slice(1, -1);
  }
}

/** The list in the text. */
interface ScopeList {
  readonly scopes: readonly ListedScope[];
  /** The position after the last entry and its comma, or after the opening bracket of an empty list. */
  readonly afterLast: number;
  /** The position of the closing bracket. */
  readonly end: number;
}

/** @param start of the first entry. @returns undefined if something else than entries and comments stands in the list. */
function readEntries(text: string, start: number): ScopeList | undefined {
  const scopes: ListedScope[] = [];
  let position = start;
  let afterLast = position;
  const match = (pattern: RegExp) => {
    pattern.lastIndex = position;
    const found = pattern.exec(text);
    if (found) position = pattern.lastIndex;
    return found;
  };
  for (;;) {
    match(between);
    if (text[position] === '}') return { scopes, afterLast, end: position };
    const at = position;
    const found = match(entry);
    const { bare, name, description } = found?.groups ?? {};
    if (found === null || description === undefined) return undefined;
    afterLast = at + found[0].trimEnd().length;
    const line = text.slice(0, at).split('\n').length;
    scopes.push({ name: bare ?? textOf(name ?? ''), description: textOf(description), line });
  }
}

function readList(text: string): ScopeList | undefined {
  const start = beginning.exec(text);
  return start === null ? undefined : readEntries(text, start.index + start[0].length);
}

/**
 * Reads the list of scopes in `src/scopes.ts` or `scopes.py` as text, since we never run a project's code to inspect it.
 * @param text the file.
 * @returns the scopes in their order; undefined if the file has no list, or one in another form.
 */
export function readScopesFile(text: string): readonly ListedScope[] | undefined {
  return readList(text)?.scopes;
}

/**
 * Reads the list of scopes in source of any form and language.
 * @returns the scopes in their order; none if there is no list with descriptions.
 */
export function declaredScopes(text: string): readonly ListedScope[] {
  for (const start of text.matchAll(otherBeginning)) {
    const list = readEntries(text, start.index + start[0].length);
    if (list !== undefined && list.scopes.length > 0) return list.scopes;
  }
  return [];
}

/** @returns a scope's line in `scopes.py`, without indentation. */
export function pythonScopeLine(name: string, description: string): string {
  return `${pythonText(name)}: ${pythonText(description)},`;
}

/** @returns a scope's line in `src/scopes.ts`, without indentation. */
export function scopeLine(name: string, description: string): string {
  // Written plainly, the key `__proto__` would set the object's prototype.
  const key = name === '__proto__' ? `[${quote(name)}]` : quote(name);
  return `${key}: ${quote(description)},`;
}

/**
 * Adds scopes at the end of the list in `src/scopes.ts` or `scopes.py`; the rest of the file is unchanged.
 * @param text the file.
 * @param lineOf how the language writes a scope.
 * @returns the new text; undefined if the list cannot be parsed.
 */
export function addToScopesFile(
  text: string,
  added: ReadonlyArray<Pick<ListedScope, 'name' | 'description'>>,
  lineOf = scopeLine,
): string | undefined {
  const list = readList(text);
  // With the word in a comment, or a second list, we cannot tell which one is meant.
  if (list === undefined || text.split(new RegExp(beginning.source, 'm')).length !== 2) return undefined;
  const { scopes, afterLast, end } = list;
  const comma = scopes.length === 0 || text[afterLast - 1] === ',' ? '' : ',';
  const closing = text.slice(text.lastIndexOf('\n', end) + 1, end);
  const lines = added.map(({ name, description }) => lineOf(name, description));
  const head = `${text.slice(0, afterLast)}${comma}`;
  // A list on one line stays on one line.
  if (closing.trim() !== '')
    return `${head}${text.slice(afterLast, end).trimEnd()} ${lines.join(' ')} ${text.slice(end)}`;
  const last = scopes.at(-1);
  const line = last === undefined ? `${closing}  ` : (text.split('\n')[last.line - 1] ?? '');
  const indent = /^[ \t]*/.exec(line)?.[0] ?? '';
  const block = lines.map((each) => `${indent}${each}${lineEndOf(text)}`).join('');
  const start = end - closing.length;
  return `${head}${text.slice(afterLast, start)}${block}${text.slice(start)}`;
}

/** What clients are told to ask for first, among the options behind the list: of `defineScopes`, or of Python's `Scopes`. */
const baseOptions = [
  /^\}\s*,\s*\{[^)]*?\bbase\s*:\s*\[([^\]]*)\]/,
  /^\}[\s\S]*?\bScopes\(\s*SCOPES\s*,[^)]*?\bbase\s*=\s*\[([^\]]*)\]/,
];

/**
 * Reads what a project's clients ask for first, the option `base`.
 * @returns its scopes; all of them if it is not given; undefined if the file cannot be read or understood.
 */
export function readBaseScopes(directory: string): readonly string[] | undefined {
  let text: string;
  try {
    text = readFileSync(join(directory, scopesFileOf(directory)), 'utf8');
  } catch {
    return undefined;
  }
  const list = readList(text);
  if (list === undefined) return undefined;
  const names = list.scopes.map(({ name }) => name);
  const options = text.slice(list.end);
  const base = baseOptions.map((option) => option.exec(options)?.[1]).find((found) => found !== undefined);
  if (base === undefined) return names;
  const literals = base.match(/'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"/g) ?? [];
  return literals.map(textOf).filter((name) => names.includes(name));
}

/** A project's scopes, or what is wrong with the file that lists them. */
export type ReadScopes =
  | { readonly scopes: readonly ListedScope[] }
  | { readonly scopes: undefined; readonly problem: string | undefined };

/**
 * Reads the scopes of the project in a directory.
 * @returns no scopes and no problem if there is no such file.
 */
export function readScopes(directory: string): ReadScopes {
  const file = scopesFileOf(directory);
  const wrong = (problem: string) => ({ scopes: undefined, problem: `${file} ${problem}` });
  try {
    const scopes = readScopesFile(readFileSync(join(directory, file), 'utf8'));
    if (scopes === undefined) return wrong(`has no list ${scopesFormOf(file)}`);
    const checked = checkScopes(scopes.map(({ name }) => name));
    return checked.ok ? { scopes } : wrong(`is wrong: ${checked.problem.reason} (${checked.problem.actual})`);
  } catch (error) {
    const code = systemCode(error);
    if (code === undefined) throw error;
    return code === 'ENOENT' || code === 'ENOTDIR'
      ? { scopes: undefined, problem: undefined }
      : wrong(`cannot be read: ${code}`);
  }
}
