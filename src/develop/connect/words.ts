import { isAbsolute, relative } from 'node:path';
import type { Machine } from '../../project/clients/client.ts';
import { maskSecrets, unseen } from '../../scalekit/index.ts';
import type { Context } from '../../terminal/context.ts';
import { differenceOf } from '../../terminal/diff.ts';
import { styled } from '../../terminal/screen.ts';

/** @returns a path as a person would write it: relative to this folder or to the home folder. */
export function shownPath(
  path: string,
  { cwd }: Pick<Context, 'cwd'>,
  { home }: Pick<Machine, 'home'>,
): string {
  const inFolder = relative(cwd, path);
  if (inFolder !== '' && !inFolder.startsWith('..') && !isAbsolute(inFolder)) return inFolder;
  const inHome = relative(home, path);
  return inHome !== '' && !inHome.startsWith('..') && !isAbsolute(inHome)
    ? `~/${inHome.replaceAll('\\', '/')}`
    : path;
}

/** Of other servers' lines only the keys are shown, because the values may be secrets. */
function withoutValues(line: string): string {
  return line.replace(/([:=]\s*|^\s*)(["'])(?:\\.|(?!\2).)*\2(?!\s*[:=])/g, '$1$2…$2');
}

/** Keys whose values are shown, since they only say where a server is. */
const open = /^\s*["']?(?:url|httpUrl|serverUrl|type|command|scopes?|enabled)\b/;

const safe = (line: string) => maskSecrets(line.replaceAll('\t', '    ')).replaceAll(unseen, '\uFFFD');

/** @returns the changes of a file: each removed and added line, with two unchanged lines around them. */
export function diffLines(before: string, after: string, path: string): readonly string[] {
  const difference = differenceOf(before, after);
  if (difference === undefined) return [];
  const { line, above, below } = difference;
  const shown = (mark: string, lines: readonly string[], isOurs: boolean) =>
    lines.map((text) => `${mark} ${safe(isOurs || open.test(text) ? text : withoutValues(text))}`);
  return [
    `${path}, line ${line}:`,
    ...shown(' ', above, false),
    ...shown('-', difference.before, false),
    ...shown('+', difference.after, true),
    ...shown(' ', below, false),
  ];
}

/** The same in colour, if the terminal shows colours. */
export function coloured(context: Context, line: string): string {
  if (line.startsWith('+ ')) return styled(context, 'green', line);
  return line.startsWith('- ') ? styled(context, 'red', line) : line;
}
