import { arch, cpus, platform, totalmem } from 'node:os';
import type { Outcome } from './run.ts';
import { lastAnswer } from './wire.ts';

export interface Counts {
  readonly sent: number;
  readonly held: number;
  readonly through: number;
  readonly skipped: number;
}

export function countsOf(outcomes: readonly Outcome[]): Counts {
  const skipped = outcomes.filter((outcome) => outcome.skipped !== undefined).length;
  const through = outcomes.filter(({ complaints }) => complaints.length > 0).length;
  const sent = outcomes.length - skipped;
  return { sent, held: sent - through, through, skipped };
}

/** What a server answered, in a few words: `401 invalid_token`, `closed`. */
export function answerOf(outcome: Outcome): string {
  if (!outcome.exchange) return 'not sent';
  const answer = lastAnswer(outcome.exchange);
  if (answer.status === 0) return 'closed';
  const challenge = answer.headers.find(([name]) => name.toLowerCase() === 'www-authenticate')?.[1] ?? '';
  const error = /error="([^"]*)"/.exec(challenge)?.[1];
  return error ? `${answer.status} ${error}` : String(answer.status);
}

/** Text that may stand in a terminal and in a table of Markdown. */
export function plain(text: string): string {
  return text
    .replaceAll(
      /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu,
      (character) => `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`,
    )
    .replaceAll('|', '\\|');
}

export const groupOf = ({ case: { id } }: Outcome): string => id.slice(0, id.indexOf('/'));

/** A table for the terminal: every failure in full, the rest a line per group, or all of them. */
export function table(outcomes: readonly Outcome[], verbose: boolean): string {
  const line = (mark: string, outcome: Outcome) =>
    `${mark} ${outcome.case.id.padEnd(52)} ${(outcome.skipped ?? answerOf(outcome)).padEnd(24)} ${plain(outcome.case.title)}`;
  const failures = outcomes
    .filter(({ complaints }) => complaints.length > 0)
    .flatMap((outcome) => [
      line('x', outcome),
      ...outcome.complaints.map((complaint) => `    ${plain(complaint)}`),
      `    rule: ${outcome.case.source}`,
    ]);
  const groups = [...new Set(outcomes.map(groupOf))].map((group) => {
    const { sent, held, skipped } = countsOf(outcomes.filter((outcome) => groupOf(outcome) === group));
    const left = skipped > 0 ? `, ${skipped} not sent` : '';
    return `${held === sent ? ' ' : 'x'} ${group.padEnd(16)} ${String(held).padStart(4)} of ${sent} held${left}`;
  });
  const all = verbose
    ? outcomes
        .filter(({ complaints }) => complaints.length === 0)
        .map((outcome) => line(outcome.skipped ? '-' : ' ', outcome))
    : [];
  return [...all, ...groups, ...(failures.length > 0 ? ['', ...failures] : [])].join('\n');
}

/** The kind of machine, without its name. */
export function machine(): string {
  const gigabytes = Math.round(totalmem() / 2 ** 30);
  return `${cpus().length} cores (${cpus()[0]?.model.trim() ?? arch()}), ${gigabytes} GB, ${platform()} ${arch()}`;
}
