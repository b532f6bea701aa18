import {
  type Assignment as AnyAssignment,
  byteOrderMark,
  type EnvLanguage,
  type EnvSegment,
  endOfLine,
  matchAt,
  segmentsOf,
  unquoted,
} from '../scalekit/env-assignments.ts';

/**
 * The text of a `.env` file: read as the project's language reads it, and edited so that nothing else in it changes.
 * Pure; `env-file.ts` brings the text from the disk.
 */

/**
 * `node`: as our server reads it (`scalekit/env-assignments.ts`), which is Node.js's way and that of the npm package dotenv.
 * `python`: the PyPI package python-dotenv, which FastMCP projects use; it has no backtick quotes, keeps a `#` without a
 * space before it, and expands `${NAME}`.
 */
export type EnvRules = 'node' | 'python';

type Environment = Readonly<Record<string, string | undefined>>;

export { byteOrderMark };

/** One variable that an env file sets, and where. */
export interface Assignment extends AnyAssignment {
  /** Counted from 1. */
  readonly line: number;
  /** A quoted value can span several lines. */
  readonly hasSeveralLines: boolean;
}

const pythonEscapes: Readonly<Record<string, string>> = {
  ...{ '\\\\': '\\', "\\'": "'", '\\"': '"', '\\a': '\x07', '\\b': '\b' },
  ...{ '\\f': '\f', '\\n': '\n', '\\r': '\r', '\\t': '\t', '\\v': '\v' },
};

const pythonQuotes = {
  "'": { value: /'((?:\\[\s\S]|[^'\\])*)'/, escapes: /\\[\\']/g },
  '"': { value: /"((?:\\[\s\S]|[^"\\])*)"/, escapes: /\\[\\'"abfnrtv]/g },
} as const;

/** What Python's `\s` matches on a line: JavaScript's, and five control characters, but no byte order mark. */
const blanks = String.raw`[\t\v\f\x1c-\x1f \x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]`;
const notBlank = blanks.replace('[', String.raw`[^=#\r\n`);

const pythonPatterns = {
  head: new RegExp(
    `${blanks}*(?:export${blanks}+|(?!export${blanks}))(?:'([^']+)'|((?!')${notBlank}+))${blanks}*=${blanks}*`,
  ),
  comment: new RegExp(`${blanks}+#.*$`, 's'),
  end: new RegExp(`${blanks}+$`),
  /** What may follow a closing quote. */
  rest: new RegExp(String.raw`${blanks}*(?:#[^\r\n]*)?(?=[\r\n]|$)`),
};

/** Python opens text files so that each of these is a line break. */
const pythonLineBreak = /\r\n|\r|\n/;

/** Follows the parser of python-dotenv 1.2 (`parser.py`) rule by rule. It skips a line that it cannot read. */
function pythonAssignment(text: string, index: number) {
  const head = matchAt(pythonPatterns.head, text, index);
  if (head === null) return undefined;
  const name = head[1] ?? head[2] ?? '';
  const start = index + head[0].length;
  const afterEquals = index + head[0].lastIndexOf('=') + 1;
  const mark = text[start];
  if (mark !== "'" && mark !== '"') {
    const line = text.slice(start, endOfLine(text, start, pythonLineBreak));
    const isComment = mark === '#' && start > afterEquals;
    const bare = isComment ? '' : line.replace(pythonPatterns.comment, '').replace(pythonPatterns.end, '');
    const [from, to] = unquoted(afterEquals, start, bare.length);
    return { name, value: bare, start: from, end: to };
  }
  const { value: pattern, escapes } = pythonQuotes[mark];
  const quoted = matchAt(pattern, text, start);
  if (quoted === null) return undefined;
  const end = start + quoted[0].length;
  if (matchAt(pythonPatterns.rest, text, end) === null) return { value: '', start, end };
  const value = (quoted[1] ?? '').replaceAll(escapes, (found) => pythonEscapes[found] ?? found);
  return { name, value: value.replaceAll(/\r\n?/g, '\n'), start, end };
}

const pythonLanguage: EnvLanguage = { lineBreak: pythonLineBreak, read: pythonAssignment };

/** Expands `${NAME}` and `${NAME:-default}`, in values of every kind; the process environment takes precedence over the file. */
function expand(value: string, before: Environment, env: Environment): string {
  return value.replaceAll(
    /\$\{([^}:]*)(?::-([^}]*))?\}/g,
    (_, name: string, otherwise: string | undefined) => env[name] ?? before[name] ?? otherwise ?? '',
  );
}

/** @returns an env file line by line, as its language reads it. */
export function segmentsIn(text: string, rules: EnvRules = 'node'): readonly EnvSegment[] {
  return rules === 'node' ? segmentsOf(text) : segmentsOf(text, pythonLanguage);
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
  const values: Record<string, string> = {};
  return segmentsIn(text, rules).flatMap(({ assignment, line, hasSeveralLines }) => {
    if (assignment === undefined) return [];
    const value = rules === 'node' ? assignment.value : expand(assignment.value, values, env);
    values[assignment.name] = value;
    return [{ ...assignment, value, line, hasSeveralLines }];
  });
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
