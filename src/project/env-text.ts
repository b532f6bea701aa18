import { parseEnv } from 'node:util';

/**
 * The text of a `.env` file: read as the project's language reads it, and edited so that nothing else in it changes.
 * Pure; `env-file.ts` brings the text from the disk.
 */

/**
 * `node`: Node's own `process.loadEnvFile` and `util.parseEnv`, which follow the npm package dotenv. `python`: the PyPI
 * package python-dotenv, which FastMCP projects use; it has no backtick quotes, keeps a `#` without a space before it, and
 * expands `${NAME}`.
 */
export type EnvRules = 'node' | 'python';

type Environment = Readonly<Record<string, string | undefined>>;

/** Some editors on Windows put this before a text; `util.parseEnv` takes it as part of the first variable's name. */
export const byteOrderMark = '\uFEFF';

/** One variable that an env file sets. */
export interface Assignment {
  readonly name: string;
  /** Without quotes, with escapes and references resolved. */
  readonly value: string;
  /** Counted from 1. */
  readonly line: number;
  /** A quoted value can span several lines. */
  readonly hasSeveralLines: boolean;
  /** Where the value is in the text, its quotes included. */
  readonly start: number;
  readonly end: number;
}

/** Without a name it is something that the language ignores. */
type Found = Omit<Assignment, 'line' | 'hasSeveralLines' | 'name'> & { readonly name?: string };

/** Matches a pattern at exactly one position of a text. */
function at(pattern: RegExp, text: string, index: number): RegExpExecArray | null {
  const sticky = new RegExp(pattern.source, `${pattern.flags.replace('y', '')}y`);
  sticky.lastIndex = index;
  return sticky.exec(text);
}

/** @returns where the line that holds a position ends, before its line break. */
function endOfLine(text: string, index: number): number {
  const end = text.indexOf('\n', index);
  if (end < 0) return text.length;
  return end > index && text[end - 1] === '\r' ? end - 1 : end;
}

/** An empty value without quotes starts right after the `=`, so that text inserted there stays clear of a comment. */
function unquoted(afterEquals: number, start: number, length: number): [number, number] {
  return length === 0 ? [afterEquals, afterEquals] : [start, start + length];
}

/** Node: a quote that is never closed is an ordinary character; outside quotes every `#` starts a comment. */
function nodeAssignment(text: string, index: number): Found | undefined {
  const head = at(/[ \t]*(?:export[ \t]+)?([^=#\s](?:[^=\r\n]*[^=\s])?)[ \t]*=/, text, index);
  if (head === null) return undefined;
  const afterEquals = index + head[0].length;
  const start = afterEquals + (at(/[ \t]*/, text, afterEquals)?.[0].length ?? 0);
  const quoted = at(/"[^"]*"|'[^']*'|`[^`]*`/, text, start)?.[0];
  const line = text.slice(start, endOfLine(text, start));
  const bare = /^["'`]/.test(line) ? line : line.replace(/#.*$/, '').trimEnd();
  const [from, to] =
    quoted === undefined ? unquoted(afterEquals, start, bare.length) : [start, start + quoted.length];
  const name = head[1] ?? '';
  const value = parseEnv(`X=${text.slice(from, to)}\n`).X ?? '';
  return { name, value, start: from, end: to };
}

const pythonEscapes: Readonly<Record<string, string>> = {
  ...{ '\\\\': '\\', "\\'": "'", '\\"': '"', '\\a': '\x07', '\\b': '\b' },
  ...{ '\\f': '\f', '\\n': '\n', '\\r': '\r', '\\t': '\t', '\\v': '\v' },
};

const pythonQuotes = {
  "'": { value: /'((?:\\[\s\S]|[^'\\])*)'/, escapes: /\\[\\']/g },
  '"': { value: /"((?:\\[\s\S]|[^"\\])*)"/, escapes: /\\[\\'"abfnrtv]/g },
} as const;

/** Follows the parser of python-dotenv 1.2 (`parser.py`) rule by rule. It skips a line that it cannot read. */
function pythonAssignment(text: string, index: number): Found | undefined {
  const head = at(/[ \t]*(?:export[ \t]+)?(?:'([^']+)'|([^=#\s'][^=#\s]*))[ \t]*=/, text, index);
  if (head === null) return undefined;
  const name = head[1] ?? head[2] ?? '';
  const afterEquals = index + head[0].length;
  const start = afterEquals + (at(/[ \t]*/, text, afterEquals)?.[0].length ?? 0);
  const mark = text[start];
  if (mark !== "'" && mark !== '"') {
    const line = text.slice(start, endOfLine(text, start));
    const isComment = mark === '#' && start > afterEquals;
    const bare = isComment ? '' : line.replace(/[ \t]+#.*$/, '').trimEnd();
    const [from, to] = unquoted(afterEquals, start, bare.length);
    return { name, value: bare, start: from, end: to };
  }
  const { value: pattern, escapes } = pythonQuotes[mark];
  const quoted = at(pattern, text, start);
  if (quoted === null) return undefined;
  const end = start + quoted[0].length;
  if (at(/[ \t]*(?:#.*)?(?=\r?\n|$)/, text, end) === null) return { value: '', start, end };
  const value = (quoted[1] ?? '').replaceAll(escapes, (found) => pythonEscapes[found] ?? found);
  return { name, value, start, end };
}

/** Expands `${NAME}` and `${NAME:-default}`, in values of every kind; the process environment takes precedence over the file. */
function expand(value: string, before: Environment, env: Environment): string {
  return value.replaceAll(
    /\$\{([^}:]*)(?::-([^}]*))?\}/g,
    (_, name: string, otherwise: string | undefined) => env[name] ?? before[name] ?? otherwise ?? '',
  );
}

/**
 * @param env the process environment, which values of Python's `.env` can refer to.
 * @returns the assignments in an env file, in order; the last one of a name counts.
 */
export function assignmentsOf(
  text: string,
  rules: EnvRules = 'node',
  env: Environment = {},
): readonly Assignment[] {
  const read = rules === 'node' ? nodeAssignment : pythonAssignment;
  const assignments: Assignment[] = [];
  const values: Record<string, string> = {};
  let line = 1;
  for (let index = text.startsWith(byteOrderMark) ? 1 : 0; index < text.length; ) {
    const found = read(text, index);
    const end = endOfLine(text, found?.end ?? index);
    const lines = text.slice(index, end).split('\n').length;
    if (found?.name !== undefined) {
      const { name } = found;
      const value = rules === 'node' ? found.value : expand(found.value, values, env);
      values[name] = value;
      assignments.push({ ...found, name, value, line, hasSeveralLines: lines > 1 });
    }
    line += lines;
    index = end + (at(/\r?\n/, text, end)?.[0].length ?? 1);
  }
  return assignments;
}

/** @returns the variables that an env file sets. */
export function variablesIn(
  text: string,
  rules: EnvRules = 'node',
  env: Environment = {},
): Readonly<Record<string, string>> {
  return Object.fromEntries(assignmentsOf(text, rules, env).map(({ name, value }) => [name, value]));
}

/** Quotes a value like the one that it replaces, and otherwise only if it needs quotes. */
function quote(value: string, before: string): string {
  const mark = /^["'`](?=[\s\S]*["'`]$)/.exec(before)?.[0];
  if (mark !== undefined && !value.includes(mark)) return `${mark}${value}${mark}`;
  if (mark === undefined && /^[\w.,:;/@%+?&=!~*()[\]{}|<>-]*$/.test(value)) return value;
  const fit = ["'", '"'].find((each) => !value.includes(each));
  if (fit === undefined) throw new Error('an env file cannot hold a value with both kinds of quotes');
  return `${fit}${value}${fit}`;
}

/**
 * Sets a variable: replaces its last value, which is the one that counts, or adds a line at the end. Everything else,
 * comments and line ends included, is unchanged.
 */
export function setVariable(text: string, name: string, value: string, rules: EnvRules = 'node'): string {
  const last = assignmentsOf(text, rules).findLast((each) => each.name === name);
  if (last !== undefined)
    return text.slice(0, last.start) + quote(value, text.slice(last.start, last.end)) + text.slice(last.end);
  const newline = text.includes('\r\n') ? '\r\n' : '\n';
  const separator = /(?:^|\n|\uFEFF)$/.test(text) ? '' : newline;
  return `${text}${separator}${name}=${quote(value, '')}${newline}`;
}

/** Sets several variables, in their order. */
export function setVariables(
  text: string,
  values: Readonly<Record<string, string>>,
  rules: EnvRules = 'node',
): string {
  return Object.entries(values).reduce(
    (edited, [name, value]) => setVariable(edited, name, value, rules),
    text,
  );
}
