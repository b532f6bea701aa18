import { unseen } from '../scalekit/checked.ts';
import type { EnvSegment } from '../scalekit/env-assignments.ts';
import { type EnvRules, segmentsIn } from './env-text.ts';

/** Lines of a `.env` that say something other than whoever wrote them believes. Pure. */

/** What is odd about a line; each has its words in the doctor's SKM119. */
export type EnvOddity =
  | 'invisible-name'
  | 'invisible-value'
  | 'returns'
  | 'colon'
  | 'prefix'
  | 'name'
  | 'open-quote'
  | 'after-quote'
  | 'only-blanks'
  | 'nothing';

export interface OddLine {
  /** Counted from 1. */
  readonly line: number;
  readonly oddity: EnvOddity;
  /** The variable that is meant; empty if that is not clear. */
  readonly name: string;
  /** Whether `mendOddLine` can put it right without guessing. */
  readonly isMendable: boolean;
}

interface Odd {
  readonly oddity: EnvOddity;
  readonly name: string;
  /** The line as it is meant, with its line break. */
  readonly mended?: string;
}

/** Tabs and line breaks are not an accident. */
function isInvisible(character: string): boolean {
  return !/[\t\r\n]/.test(character) && character.search(unseen) === 0;
}

function withoutInvisible(text: string): string {
  return [...text].filter((character) => !isInvisible(character)).join('');
}

/** Removes invisible characters at both ends, also just inside quotes. */
function trimInvisible(value: string): string {
  const [, open = '', inner = '', close = ''] = /^(["'`]?)([\s\S]*?)(["'`]?)$/.exec(value) ?? [];
  const characters = [...inner];
  const first = characters.findIndex((character) => !isInvisible(character));
  const last = characters.findLastIndex((character) => !isInvisible(character));
  return open + (first < 0 ? '' : characters.slice(first, last + 1).join('')) + close;
}

/** What people write before a name: PowerShell's, cmd's and fish's way, and `export` with something other than one space. */
const prefix = /^[ \t]*(?:export[ \t]+|setx?[ \t]+(?:-gx[ \t]+)?|\$env:)(?=[A-Za-z_][\w.-]*[ \t]*[=:])/i;
const plainName = /^[\w.-]+$/;
const withColon = /^([ \t]*(?:export[ \t]+)?)([A-Za-z_][\w.-]*)[ \t]*:(?!\/\/)[ \t]*/;

/** @returns what is odd about a line's beginning, if it is clear what is meant. */
function oddHead(raw: string): Odd | undefined {
  const colon = withColon.exec(raw);
  if (colon !== null)
    return { oddity: 'colon', name: colon[2] ?? '', mended: raw.replace(withColon, '$1$2=') };
  if (!prefix.test(raw)) return undefined;
  const mended = raw.replace(prefix, '');
  return { oddity: 'prefix', name: /^[\w.-]+/.exec(mended)?.[0] ?? '', mended };
}

/** @returns what is odd about a line that sets nothing. */
function oddNothing(raw: string): Odd | undefined {
  const seen = withoutInvisible(raw).trim();
  if (seen === '' || seen.startsWith('#')) return undefined;
  const odd = oddHead(raw);
  if (odd !== undefined) return odd;
  // Python only: it skips a line that goes on behind the closing quote.
  const quoted = /^\s*(?:export\s+)?([\w.-]+)\s*=\s*(["'])(?:(?!\2).)*(\2?)/.exec(raw);
  if (quoted !== null) return { oddity: quoted[3] ? 'after-quote' : 'open-quote', name: quoted[1] ?? '' };
  return { oddity: 'nothing', name: /^\s*(?:export\s+)?([\w.-]+)\s*$/.exec(raw)?.[1] ?? '' };
}

function oddName(raw: string, name: string): Odd | undefined {
  const seen = withoutInvisible(name).trim();
  if (seen !== name) {
    const equals = raw.indexOf('=');
    const mended = withoutInvisible(raw.slice(0, equals)) + raw.slice(equals);
    return { oddity: 'invisible-name', name: seen.startsWith('#') ? '' : seen, mended };
  }
  if (plainName.test(name)) return undefined;
  return oddHead(raw) ?? { oddity: 'name', name };
}

/** @param before the line up to the value. @param value as written. @param after what follows it, without the line break. */
function oddValue(
  before: string,
  value: string,
  after: string,
  name: string,
  lineBreak: string,
): Odd | undefined {
  const mark = /^["'`]/.exec(value)?.[0];
  const isClosed = mark !== undefined && value.length > 1 && value.endsWith(mark);
  if (mark !== undefined && !isClosed) return { oddity: 'open-quote', name };
  if (isClosed && !/^\s*(?:#.*)?$/.test(withoutInvisible(after))) {
    return { oddity: value.includes('\n') ? 'open-quote' : 'after-quote', name };
  }
  const trimmed = trimInvisible(value);
  if (trimmed !== value)
    return { oddity: 'invisible-value', name, mended: before + trimmed + after + lineBreak };
  return undefined;
}

function oddIn(text: string, { from, to, assignment }: EnvSegment, rules: EnvRules): Odd | undefined {
  const raw = text.slice(from, to);
  if (assignment === undefined) return oddNothing(raw);
  const { name, start, end } = assignment;
  const lineBreak = /(?:\r\n?|\n)$/.exec(raw)?.[0] ?? '';
  const after = text.slice(end, to - lineBreak.length);
  // To Python it is a line break.
  if (rules === 'node' && /\r(?!\n)/.test(raw))
    return { oddity: 'returns', name: '', mended: raw.replaceAll(/\r(?!\n)/g, '\n') };
  const odd =
    oddName(raw, name) ?? oddValue(text.slice(from, start), text.slice(start, end), after, name, lineBreak);
  if (odd !== undefined) return odd;
  // Node.js, from 22 on, takes the next line for the value.
  if (start === end && /^[ \t]+$/.test(after) && lineBreak !== '')
    return { oddity: 'only-blanks', name, mended: raw.trimEnd() + lineBreak };
  return undefined;
}

/** @returns each odd line of a text, as the language reads it. */
export function oddLinesOf(text: string, rules: EnvRules = 'node'): readonly OddLine[] {
  return segmentsIn(text, rules).flatMap((segment) => {
    const odd = oddIn(text, segment, rules);
    if (odd === undefined) return [];
    const { oddity, name, mended } = odd;
    return [{ line: segment.line, oddity, name, isMendable: mended !== undefined }];
  });
}

/** @returns the text with an odd line put right; undefined if that line is not odd any more, or only a person knows what it means. */
export function mendOddLine(text: string, line: number, rules: EnvRules = 'node'): string | undefined {
  const segment = segmentsIn(text, rules).find((each) => each.line === line);
  const mended = segment && oddIn(text, segment, rules)?.mended;
  return mended === undefined ? undefined : text.slice(0, segment?.from) + mended + text.slice(segment?.to);
}
