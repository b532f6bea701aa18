import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkScopes } from '../scalekit/index.ts';
import { systemCode } from '../terminal/errors.ts';

/** Where a TypeScript project lists its scopes. */
export const scopesFile = 'src/scopes.ts';

/** A scope as `src/scopes.ts` lists it. */
export interface ListedScope {
  readonly name: string;
  /** What it allows, in a person's words. */
  readonly description: string;
  /** Where it stands, from 1. */
  readonly line: number;
}

/** Where the list begins. */
const beginning = /\bdefineScopes\(\s*\{/;

/** One entry: `'name': 'description',`, the name also bare or in brackets; what a formatter breaks over lines is one, too. */
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

/** What may stand between entries. */
const between = /(?:\s|\/\/[^\n]*|\/\*[\s\S]*?\*\/)*/y;

/** @returns what a string literal of JavaScript means; escapes other than those of JSON stand for the character behind them. */
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

/**
 * Reads the list of scopes in `src/scopes.ts` as text, since nothing of a project is run to look at it.
 * @param text the file.
 * @returns the scopes in their order; undefined where the file has no list, or one that is written in another way.
 */
export function readScopesFile(text: string): readonly ListedScope[] | undefined {
  const start = beginning.exec(text);
  if (start === null) return undefined;
  const scopes: ListedScope[] = [];
  let position = start.index + start[0].length;
  const match = (pattern: RegExp) => {
    pattern.lastIndex = position;
    const found = pattern.exec(text);
    if (found) position = pattern.lastIndex;
    return found;
  };
  for (;;) {
    match(between);
    if (text[position] === '}') return scopes;
    const at = position;
    const { bare, name, description } = match(entry)?.groups ?? {};
    if (description === undefined) return undefined;
    const line = text.slice(0, at).split('\n').length;
    scopes.push({ name: bare ?? textOf(name ?? ''), description: textOf(description), line });
  }
}

/** A project's scopes, or what is wrong with the file that lists them. */
export type ReadScopes =
  | { readonly scopes: readonly ListedScope[] }
  | { readonly scopes: undefined; readonly problem: string | undefined };

/**
 * Reads the scopes of the project in a directory.
 * @returns no scopes and no problem where there is no such file.
 */
export function readScopes(directory: string): ReadScopes {
  const wrong = (problem: string) => ({ scopes: undefined, problem: `${scopesFile} ${problem}` });
  try {
    const scopes = readScopesFile(readFileSync(join(directory, scopesFile), 'utf8'));
    if (scopes === undefined) return wrong("has no list defineScopes({ 'name': 'description', … })");
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
