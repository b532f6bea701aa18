import { mendOddLine } from '../../project/env-oddities.ts';
import {
  type Assignment,
  assignmentsOf,
  type EnvRules,
  segmentsIn,
  setVariable,
} from '../../project/env-text.ts';
import { maskSecrets } from '../../scalekit/index.ts';
import type { Edit } from '../model.ts';

/** Edits of a file's text. All are pure: a text in, a text out, or an error and nothing changed. */

/** Why an edit is not made, in words for a person. */
export class EditRefused extends Error {}

function linesOf(text: string): string[] {
  return text.split('\n');
}

/** @throws EditRefused if the value has several lines: ours never do, so it is a key or the like. */
function inOneLine(found: Assignment): Assignment {
  if (!found.hasSeveralLines) return found;
  throw new EditRefused(`${found.name} has several lines, which are not touched`);
}

function setValue(text: string, variable: string, value: string, rules?: EnvRules): string {
  const last = assignmentsOf(text, rules).findLast(({ name }) => name === variable);
  if (last !== undefined) {
    inOneLine(last);
    const old = text.slice(last.start, last.end);
    if (maskSecrets(old) !== old) throw new EditRefused(`${variable} holds a secret, which is not touched`);
  }
  return setVariable(text, variable, value, rules);
}

function removeLine(text: string, line: number, variable: string, rules?: EnvRules): string {
  const found = assignmentsOf(text, rules).find((each) => each.line === line && each.name === variable);
  const segment = segmentsIn(text, rules).find((each) => each.line === line);
  if (found === undefined || segment === undefined)
    throw new EditRefused(`line ${line} does not set ${variable} any more`);
  inOneLine(found);
  return text.slice(0, segment.from) + text.slice(segment.to);
}

function mendLine(text: string, line: number, rules?: EnvRules): string {
  const mended = mendOddLine(text, line, rules);
  if (mended === undefined) throw new EditRefused(`line ${line} has changed meanwhile`);
  return mended;
}

function appendLine(text: string, line: string): string {
  if (linesOf(text).some((each) => each.trim() === line)) return text;
  const separator = text === '' || text.endsWith('\n') ? '' : '\n';
  return `${text}${separator}${line}\n`;
}

function replaceOnce(text: string, before: string, after: string): string {
  const first = text.indexOf(before);
  if (first < 0) throw new EditRefused(`${before} is not there any more`);
  return text.slice(0, first) + after + text.slice(first + before.length);
}

/**
 * @returns the text with an edit made; comments, order and everything else stay as they are.
 * @throws EditRefused if the text has changed since the edit was planned, or a secret would be touched.
 */
export function editText(text: string, edit: Exclude<Edit, { kind: 'mode' }>): string {
  switch (edit.kind) {
    case 'set-variable':
      return setValue(text, edit.variable, edit.value, edit.rules);
    case 'remove-line':
      return removeLine(text, edit.line, edit.variable, edit.rules);
    case 'mend-line':
      return mendLine(text, edit.line, edit.rules);
    case 'append-line':
      return appendLine(text, edit.text);
    case 'replace':
      return replaceOnce(text, edit.before, edit.after);
  }
}
