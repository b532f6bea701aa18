import type { Diagnosis } from '../diagnose.ts';
import type { CheckResult } from '../model.ts';
import { findingsOf } from './words.ts';

/** GitHub's commands for annotations; "advice" is what it calls a notice. */
const commands = { error: 'error', warning: 'warning', advice: 'notice' } as const;

/** The escapes of workflow commands, for a message and, with more of them, for a property. */
function escapeMessage(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function escapeProperty(text: string): string {
  return escapeMessage(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}

function annotation(result: CheckResult): string {
  const { code, title, detail, fix, actual, expected, subject, level = 'warning' } = result;
  const properties = [
    ...(subject?.file === undefined ? [] : [`file=${escapeProperty(subject.file)}`]),
    ...(subject?.line === undefined ? [] : [`line=${subject.line}`]),
    `title=${escapeProperty(`${code}: ${title}`)}`,
  ];
  const message = [
    ...(actual === undefined ? [] : [`found ${actual}`]),
    ...(expected === undefined ? [] : [`expected ${expected}`]),
    ...(subject?.url === undefined ? [] : [subject.url]),
    ...(detail === undefined ? [] : [detail]),
    ...(fix === undefined ? [] : [`Fix: ${fix}`]),
  ];
  return `::${commands[level]} ${properties.join(',')}::${escapeMessage(message.join('\n'))}\n`;
}

/** @returns an annotation for each finding, and for each check that could not be made. */
export function githubReport({ results }: Diagnosis): string {
  const unclear = results.filter(({ state }) => state === 'unreachable' || state === 'crashed');
  return [...findingsOf(results), ...unclear].map(annotation).join('');
}
