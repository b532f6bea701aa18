import { lineEndOf } from '../../project/source-text.ts';

/** Edits of an owner's files, as text. What is not understood is left alone. */

/** The headers of the tables in a generated README, as this version writes them and as earlier ones did. */
const tables = {
  tools: /^\| tool \| (?:required scope|needs the scope) \|$/,
  resources: /^\| resource \| required scope \|$/,
  prompts: /^\| prompt \| required scope \|$/,
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
