import { lineEndOf } from '../../project/source-text.ts';

/** Edits of an owner's files, as text: what is not understood is left alone. */

/** The marked lines of the list of tools, behind the language's sign of a comment. */
const importsMark = 'scalekit-mcp add: imports go above this line';
const toolsMark = 'scalekit-mcp add: tools go above this line';

/** Puts a line above a marked one, indented as it is; undefined if the mark is not on exactly one line, alone. */
function above(text: string, mark: string, line: string): string | undefined {
  const marked = [...text.matchAll(/^([ \t]*)((?:\/\/|#).*?)\r?$/gm)].filter(
    ([, , comment]) => comment?.trim() === mark,
  );
  const [found] = marked;
  if (found === undefined || marked.length > 1) return undefined;
  return `${text.slice(0, found.index)}${found[1]}${line}${lineEndOf(text)}${text.slice(found.index)}`;
}

/** Whether an entry can follow what stands above the mark of the list: the bracket that opens it, or an entry and its comma. */
function canFollow(text: string): boolean {
  const before = text.slice(0, text.indexOf(toolsMark));
  const code = before.replaceAll(/\/\*[\s\S]*?\*\/|(?:\/\/|#)[^\n]*/g, '').trimEnd();
  return code.endsWith('[') || code.endsWith(',');
}

/** Why a file cannot be edited: a sentence without its subject, the file, and without a full stop. */
export interface NotUnderstood {
  readonly problem: string;
}

/**
 * Registers a tool in the list of tools.
 * @param comment what a comment begins with in its language.
 */
export function registerTool(
  text: string,
  identifier: string,
  importLine: string,
  comment: '//' | '#',
): string | NotUnderstood {
  if (new RegExp(`\\b${identifier}\\b`).test(text)) return { problem: `has a ${identifier} already` };
  const [imports, tools] = [`${comment} ${importsMark}`, `${comment} ${toolsMark}`];
  const imported = above(text, imports, importLine);
  if (imported === undefined) return { problem: `has no single line \`${imports}\`` };
  if (!canFollow(imported)) return { problem: 'has no comma before the end of its list' };
  const listed = above(imported, tools, `${identifier},`);
  return listed ?? { problem: `has no single line \`${tools}\`` };
}

/** The headers of the tables in a generated README, as this version writes them and as earlier ones did. */
const tables = {
  tools: /^\| tool \| (?:required scope|needs the scope) \|$/,
  scopes: /^\| scope \| (?:allows|allows to) \|$/,
} as const;

/**
 * @param rows cells in Markdown.
 * @returns the README with rows at the end of one of its tables; as it was where that table is the owner's by now.
 */
export function addRows(
  text: string,
  table: keyof typeof tables,
  rows: ReadonlyArray<readonly [string, string]>,
): string {
  const lines = text.split('\n');
  const trimmed = lines.map((line) => line.trimEnd());
  const header = trimmed.findIndex((line) => tables[table].test(line));
  if (header < 0 || trimmed[header + 1] !== '|---|---|') return text;
  const length = trimmed.slice(header).findIndex((line) => !line.startsWith('|'));
  const end = length < 0 ? lines.length : header + length;
  const last = lineEndOf(text) === '\r\n' ? '\r' : '';
  const added = rows.map(([first, second]) => `| ${first} | ${second} |${last}`);
  return [...lines.slice(0, end), ...added, ...lines.slice(end)].join('\n');
}

/** @returns the specifier from which a project's tests import what they start from: the package, or what was ejected. */
export function testingSpecifier(support: string): string | undefined {
  if (!/\bexport\s+(?:async\s+)?function\s+startServer\b/.test(support) || !/\bTestServer\b/.test(support))
    return undefined;
  return /\bfrom\s*['"]((?:scalekit-mcp-server\/testing)|(?:\.{1,2}\/[\w./-]*\/testing\/index\.ts))['"]/.exec(
    support,
  )?.[1];
}
