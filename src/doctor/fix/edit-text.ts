import { type Assignment, assignmentsOf } from '../../project/env-text.ts';
import { maskSecrets } from '../../scalekit/index.ts';
import type { Edit } from '../model.ts';

/** Edits of a file's text. All are pure: a text in, a text out, or an error and nothing changed. */

/** Why an edit is not made; for the person reading it. */
export class EditRefused extends Error {}

/** One assignment of an env file: what is before the value, the value with its quotes, and what is after it. */
const assignment =
  /^(\s*(?:export\s+)?([A-Za-z_][\w.]*)\s*=[ \t]*)("[^"]*"|'[^']*'|`[^`]*`|[^#\r\n]*?)([ \t]*(?:#.*)?\r?)$/;

function linesOf(text: string): string[] {
  return text.split('\n');
}

/** @throws EditRefused where the value goes over several lines: ours never do, so it is a key or the like. */
function inOneLine(found: Assignment): Assignment {
  if (!found.hasSeveralLines) return found;
  throw new EditRefused(`${found.name} goes over several lines, which are not touched`);
}

/** Quotes a value as the one before it was quoted; a value of ours needs none by itself. */
function quoteLike(old: string, value: string): string {
  const quote = /^["'`]/.exec(old)?.[0] ?? '';
  return `${quote}${value}${quote}`;
}

function setVariable(text: string, variable: string, value: string): string {
  const lines = linesOf(text);
  const last = assignmentsOf(text).findLast(({ name }) => name === variable);
  if (last === undefined) {
    const separator = text === '' || text.endsWith('\n') ? '' : '\n';
    return `${text}${separator}${variable}=${value}\n`;
  }
  const index = inOneLine(last).line - 1;
  const [, before = '', , old = '', after = ''] = assignment.exec(lines[index] ?? '') ?? [];
  if (maskSecrets(old) !== old) throw new EditRefused(`${variable} holds a secret, which is not touched`);
  lines[index] = `${before}${quoteLike(old, value)}${after}`;
  return lines.join('\n');
}

function removeLine(text: string, line: number, variable: string): string {
  const lines = linesOf(text);
  const found = assignmentsOf(text).find((each) => each.line === line && each.name === variable);
  if (found === undefined) throw new EditRefused(`line ${line} does not set ${variable} any more`);
  inOneLine(found);
  lines.splice(line - 1, 1);
  return lines.join('\n');
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
 * @throws EditRefused where the text is not what it was when the edit was planned, or a secret would be touched.
 */
export function editText(text: string, edit: Exclude<Edit, { kind: 'mode' }>): string {
  switch (edit.kind) {
    case 'set-variable':
      return setVariable(text, edit.variable, edit.value);
    case 'remove-line':
      return removeLine(text, edit.line, edit.variable);
    case 'append-line':
      return appendLine(text, edit.text);
    case 'replace':
      return replaceOnce(text, edit.before, edit.after);
  }
}
