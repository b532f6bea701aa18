import { lineEndOf } from './source-text.ts';

/** The lists of a TypeScript project's tools, resources and prompts, as text: what is not understood is left alone. */

/** The kinds, in the order in which `src/main.ts` passes their lists to the server. */
export const featureLists = ['tools', 'resources', 'prompts'] as const;
export type FeatureList = (typeof featureLists)[number];

/** @returns the file that lists all of a kind. */
export function listFileOf(list: FeatureList): string {
  return `src/${list}/index.ts`;
}

/** The marked lines of a list, behind the language's sign of a comment. */
const importsMark = 'scalekit-mcp add: imports go above this line';
const entriesMark = (list: FeatureList) => `scalekit-mcp add: ${list} go above this line`;

/** Puts a line above a marked one, indented as it is; undefined if the mark is not alone on exactly one line. */
function above(text: string, mark: string, line: string): string | undefined {
  const marked = [...text.matchAll(/^([ \t]*)((?:\/\/|#).*?)\r?$/gm)].filter(
    ([, , comment]) => comment?.trim() === mark,
  );
  const [found] = marked;
  if (found === undefined || marked.length > 1) return undefined;
  return `${text.slice(0, found.index)}${found[1]}${line}${lineEndOf(text)}${text.slice(found.index)}`;
}

/** Whether an entry can follow what is above the list's mark: the opening bracket, or an entry with its comma. */
function canFollow(text: string, mark: string): boolean {
  const before = text.slice(0, text.indexOf(mark));
  const code = before.replaceAll(/\/\*[\s\S]*?\*\/|(?:\/\/|#)[^\n]*/g, '').trimEnd();
  return code.endsWith('[') || code.endsWith(',');
}

/** Why a file cannot be edited: a sentence without its subject, which is the file, and without a full stop. */
export interface NotUnderstood {
  readonly problem: string;
}

/** Strings and comments. */
const notCode = /'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"|`(?:[^`\\]|\\.)*`|\/\/[^\n]*/g;
const notPython = /'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"|#[^\n]*/g;

/**
 * Registers a tool, a resource or a prompt in the list of its kind.
 * @param comment what a comment begins with in its language.
 */
export function register(
  text: string,
  list: FeatureList,
  identifier: string,
  importLine: string,
  comment: '//' | '#' = '//',
): string | NotUnderstood {
  const [imports, entries] = [`${comment} ${importsMark}`, `${comment} ${entriesMark(list)}`];
  const code = text.replaceAll(comment === '//' ? notCode : notPython, '');
  if (new RegExp(`\\b${identifier}\\b`).test(code)) return { problem: `has a ${identifier} already` };
  const imported = above(text, imports, importLine);
  if (imported === undefined) return { problem: `has no single line \`${imports}\`` };
  if (!canFollow(imported, entries)) return { problem: 'has no comma before the end of its list' };
  const listed = above(imported, entries, `${identifier},`);
  return listed ?? { problem: `has no single line \`${entries}\`` };
}

/** The only match of a pattern; undefined if there is none, or more than one. */
function single(text: string, pattern: RegExp): RegExpExecArray | undefined {
  const found = [...text.matchAll(pattern)];
  return found.length === 1 ? found[0] : undefined;
}

const importOf = (list: FeatureList) =>
  new RegExp(`^import \\{ ${list} \\} from (['"])(.*/)${list}/index\\.ts\\1;?\\r?\\n`, 'gm');

/** The list where it is passed, as a property without a value: not in an import, and not in a comment. */
const propertyOf = (list: FeatureList) =>
  new RegExp(`(?<!^import [^\\n]*|//[^\\n]*)(?<=[{,]\\s*)\\b${list}\\b(?=\\s*[,}])`, 'gm');

/**
 * Passes a list to the server in `src/main.ts`, or in `test/support.ts`, beside the list of tools (or of resources).
 * @returns the new text; the same if it is passed already; undefined if the file is not understood.
 */
export function handOver(text: string, list: FeatureList): string | undefined {
  if (single(text, importOf(list)) && single(text, propertyOf(list))) return text;
  // Passed in another way, or something else has that name.
  if (new RegExp(`\\b${list}\\b`).test(text.replaceAll(notCode, ''))) return undefined;
  const known = featureLists.filter((each) => each !== list && single(text, importOf(each)));
  const beside = known.findLast((each) => single(text, propertyOf(each)));
  const imported = beside && single(text, importOf(beside));
  const property = beside && single(text, propertyOf(beside));
  if (!imported || !property || beside === undefined) return undefined;
  const end = property.index + beside.length;
  const indent = /(?<=\n)[ \t]*$/.exec(text.slice(0, property.index))?.[0];
  const added = indent === undefined ? `, ${list}` : `,${lineEndOf(text)}${indent}${list}`;
  const handed = `${text.slice(0, end)}${added}${text.slice(end)}`;
  const afterImport = imported.index + imported[0].length;
  const line = imported[0].replaceAll(new RegExp(`\\b${beside}\\b`, 'g'), list);
  return `${handed.slice(0, afterImport)}${line}${handed.slice(afterImport)}`;
}
