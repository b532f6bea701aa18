import type { Context } from '../../terminal/context.ts';
import { styled } from '../../terminal/screen.ts';
import type { CheckResult } from '../model.ts';

const marks: Readonly<Record<CheckResult['state'], string>> = {
  passed: '✓',
  found: '✗',
  skipped: '-',
  unreachable: '!',
  crashed: '✗',
};

/** A title says what is true or what is wrong; if neither is known, it has to say that. */
const prefixes: Readonly<Partial<Record<CheckResult['state'], string>>> = {
  unreachable: 'Could not check: ',
  skipped: 'Not checked: ',
  crashed: 'The check itself failed: ',
};

/** One result of the self-check, with what to do about it. */
export function describeResult(result: CheckResult, context: Context): string {
  const warning = result.state === 'unreachable' || (result.state === 'found' && result.level !== 'error');
  const mark = warning ? '!' : marks[result.state];
  const colour = warning ? 'yellow' : mark === '✗' ? 'red' : 'green';
  const lines = [`${styled(context, colour, mark)} ${prefixes[result.state] ?? ''}${result.title}`];
  if (result.state === 'passed') return lines.join('\n');
  if (result.detail) lines.push(`    ${result.detail}`);
  if (result.actual) lines.push(`    got       ${result.actual}`);
  if (result.expected) lines.push(`    expected  ${result.expected}`);
  if (result.fix) lines.push(`    → ${result.fix}`);
  return lines.join('\n');
}
