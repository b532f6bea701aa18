import { anywhere, intermediaries } from './in-front/table.ts';
import type { Intermediary, Trouble } from './in-front/types.ts';
import type { ProbeResult } from './probe.ts';

/** What has answered, and what to write in which configuration. */

/** @returns the text of a body, e.g. of an error page. */
export function textOf(answer: ProbeResult): string {
  if (!answer.answered) return '';
  const { body } = answer;
  if (body.kind === 'empty') return '';
  return body.kind === 'json' ? JSON.stringify(body.value) : body.excerpt;
}

function intermediaryOf(answer: ProbeResult): Intermediary | undefined {
  if (!answer.answered) return undefined;
  const text = textOf(answer);
  return intermediaries.find(({ is }) => is(answer.headers, text));
}

/** @returns the name of what answered instead of the server, or passed its answer on; undefined if that is unknown. */
export function whoAnswered(...answers: readonly ProbeResult[]): string | undefined {
  return answers.map(intermediaryOf).find((known) => known !== undefined)?.name;
}

/** @returns what to write in the configuration of whatever is in front, and its port if that is known. */
export function lineFor(trouble: Trouble, answers: readonly ProbeResult[], port?: number): string {
  const known = answers.map(intermediaryOf).find((each) => each?.lines[trouble] !== undefined);
  const line = known?.lines[trouble] ?? anywhere[trouble];
  return port === undefined ? line : line.replaceAll('<PORT>', String(port));
}
