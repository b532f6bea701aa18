import type { CheckResult, Level, Side, Step, Subject } from '../model.ts';

/** Words that all formats share. */

export const stepNames: Readonly<Record<Step, string>> = {
  configuration: 'configuration',
  scalekit: 'Scalekit',
  server: 'server',
  token: 'token',
  tools: 'tools',
  client: 'client',
  directory: 'directory',
  surface: 'surface',
};

/** Where the edit has to be made. */
export const sideNames: Readonly<Record<Side, string>> = {
  env: 'In your .env',
  code: 'In your project',
  proxy: 'In front of the server (proxy, firewall, hosting)',
  dashboard: 'In Scalekit’s dashboard',
  client: 'In the MCP client',
  machine: 'On this machine',
};

const levels: readonly Level[] = ['error', 'warning', 'advice'];

/** @returns findings with the worst first, and each level in the order of the journey. */
export function findingsOf(results: readonly CheckResult[]): readonly CheckResult[] {
  return levels.flatMap((level) =>
    results.filter((result) => result.state === 'found' && result.level === level),
  );
}

/** @returns `.env:5`, or the URL, or the variable. */
export function placeOf(subject: Subject | undefined): string {
  if (subject === undefined) return '';
  const { file, line, url, variable } = subject;
  if (file !== undefined) return line === undefined ? file : `${file}:${line}`;
  return url ?? variable ?? '';
}

/** @returns the variable that a finding is about, if its place does not name it already. */
export function variableOf(subject: Subject | undefined): string {
  const variable = subject?.variable ?? '';
  return variable === placeOf(subject) ? '' : variable;
}

/** @returns `1 error`, `2 errors`. Advice has no plural. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 || noun === 'advice' ? '' : 's'}`;
}

/** @returns whether `--fix` can do something about a finding. */
export function canFix({ edits = [], commands = [] }: CheckResult): boolean {
  return edits.length > 0 || commands.length > 0;
}
