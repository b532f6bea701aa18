import { foldConsequences } from './causes.ts';
import { allChecks } from './checks/list.ts';
import type { Facts } from './facts/index.ts';
import { applyIgnores, type Ignored } from './ignores.ts';
import { type CheckResult, type Level, type State, type Step, stepOf } from './model.ts';
import { startRun } from './run-checks.ts';
import { type Selection, select } from './selection.ts';

/** The counts of a diagnosis: findings by level, everything else by state. */
export type Summary = Readonly<Record<Level | Exclude<State, 'found'> | 'ignored', number>>;

/** What the facts mean. */
export interface Diagnosis {
  readonly results: readonly CheckResult[];
  readonly ignored: readonly Ignored[];
  readonly summary: Summary;
  /** With a token: what a server that follows the rules answers to it, and what this one did. */
  readonly verdict?: string;
  /** Why such a server refuses the token; nothing if it accepts it, undefined if that is not known. */
  readonly refusals: readonly string[] | undefined;
  /** 0 fine, 1 findings, 3 could not check. */
  readonly exitCode: 0 | 1 | 3;
}

export interface DiagnoseOptions {
  readonly selection: Selection;
  /** The lowest level that counts as a failure. */
  readonly failOn: 'error' | 'warning';
}

function summarize(results: readonly CheckResult[], ignored: number): Summary {
  const count = (test: (result: CheckResult) => boolean) => results.filter(test).length;
  const found = (level: Level) => count((result) => result.state === 'found' && result.level === level);
  const inState = (state: State) => count((result) => result.state === state);
  return {
    error: found('error'),
    warning: found('warning'),
    advice: found('advice'),
    passed: inState('passed'),
    skipped: inState('skipped'),
    unreachable: inState('unreachable'),
    crashed: inState('crashed'),
    ignored,
  };
}

function exitCodeOf(summary: Summary, failOn: DiagnoseOptions['failOn']): Diagnosis['exitCode'] {
  if (summary.error > 0 || (failOn === 'warning' && summary.warning > 0)) return 1;
  return summary.unreachable > 0 || summary.crashed > 0 ? 3 : 0;
}

/** What a server that follows the rules answers to the token. */
function verdictByTheRules(refusals: Diagnosis['refusals']): string {
  if (refusals === undefined) return 'Whether this server should accept it could not be found out';
  if (refusals.length === 0) return 'A server that follows the rules accepts it';
  return `A server that follows the rules answers 401: ${refusals.join('; ')}`;
}

function verdictOf(facts: Facts, refusals: Diagnosis['refusals']): string | undefined {
  if (!facts.token.known || facts.token.value.source !== 'given') return undefined;
  const answer = facts.tools.known ? facts.tools.value.initialize : undefined;
  const said = answer?.answered ? `This server answered ${answer.status}` : 'This server was not asked';
  return `${verdictByTheRules(refusals)}. ${said}.`;
}

/** Some steps are looked at only if somebody asks about them. */
function isAskedAbout(step: Step, { client, directory, surface }: Facts): boolean {
  const asked: Readonly<Partial<Record<Step, unknown>>> = { client, directory, surface };
  return !(step in asked) || asked[step] !== undefined;
}

/** Runs the checks on the facts. Pure: the same facts give the same diagnosis anywhere. */
export function diagnose(facts: Facts, { selection, failOn }: DiagnoseOptions): Diagnosis {
  const checks = select(allChecks, selection).filter(({ code }) => isAskedAbout(stepOf(code), facts));
  const run = startRun(facts, checks, allChecks);
  const list = facts.project.known ? facts.project.value.ignores : [];
  const { results: remaining, ignored } = applyIgnores(checks.flatMap(run.resultsOf), list);
  const results = foldConsequences(remaining, (code) => checks.find((check) => check.code === code));
  const summary = summarize(results, ignored.length);
  const { refusals } = run;
  const verdict = verdictOf(facts, refusals);
  return {
    results,
    ignored,
    summary,
    refusals,
    exitCode: exitCodeOf(summary, failOn),
    ...(verdict === undefined ? {} : { verdict }),
  };
}
