import { printable } from '../scalekit/index.ts';
import type { Check, Others } from './check.ts';
import type { Facts } from './facts/index.ts';
import { type CheckResult, type Finding, type Outcome, type Subject, stepOf } from './model.ts';

/** What was seen comes from outside, so its control characters must not reach a terminal. */
function safe(text: string): string {
  return text
    .split('\n')
    .map((line) => printable(line, 500))
    .join('\n');
}

function safeSubject(subject: Subject): Subject {
  return subject.url === undefined ? subject : { ...subject, url: safe(subject.url) };
}

function describeFinding(check: Check, finding: Finding): CheckResult {
  return {
    code: check.code,
    step: stepOf(check.code),
    title: safe(finding.title ?? check.title),
    state: 'found',
    level: finding.level ?? check.level,
    side: finding.side ?? check.side,
    detail: finding.why ?? check.why,
    fix: finding.fix ?? check.fix,
    subject: safeSubject(finding.subject),
    ...(finding.actual === undefined ? {} : { actual: safe(finding.actual) }),
    ...(finding.expected === undefined ? {} : { expected: safe(finding.expected) }),
    ...(finding.edits === undefined ? {} : { edits: finding.edits }),
    ...(finding.commands === undefined ? {} : { commands: finding.commands }),
  };
}

/** @returns the lines of one outcome: one, or one per finding. */
function describeOutcome(check: Check, outcome: Outcome): readonly CheckResult[] {
  if (outcome.state === 'found') return outcome.findings.map((finding) => describeFinding(check, finding));
  const line = { code: check.code, step: stepOf(check.code), title: check.holds };
  if (outcome.state === 'passed') {
    const detail = outcome.detail === undefined ? {} : { detail: safe(outcome.detail) };
    return [{ ...line, title: outcome.title ?? check.holds, state: 'passed', ...detail }];
  }
  if (outcome.state === 'skipped') return [{ ...line, state: 'skipped', detail: safe(outcome.why) }];
  const fix = outcome.fix ?? check.fix;
  return [{ ...line, state: 'unreachable', level: 'warning', detail: safe(outcome.why), fix }];
}

/** What a set of checks says about facts. Each check runs once, when it is first asked for. */
export interface CheckRun extends Others {
  resultsOf(check: Check): readonly CheckResult[];
}

/** Why a server that follows the rules refuses the token, by the checks that say so. */
function refusalsBy(outcomes: readonly Outcome[]): readonly string[] | undefined {
  const refusals = outcomes.flatMap((outcome) =>
    outcome.state === 'found' ? outcome.findings.map(({ actual = '' }) => actual) : [],
  );
  const isUndecided = refusals.length === 0 && outcomes.some(({ state }) => state === 'skipped');
  return isUndecided ? undefined : refusals;
}

/**
 * @param checks that other checks may ask about.
 * @param verifier all checks, because those of a token's verifier count whatever was selected.
 */
export function startRun(facts: Facts, checks: readonly Check[], verifier: readonly Check[]): CheckRun {
  const byCode = new Map<string, Check>(checks.map((check) => [check.code, check]));
  const known = new Set<string>(verifier.map(({ code }) => code));
  const outcomes = new Map<Check, Outcome | undefined>();
  const outcomeOf = (check: Check): Outcome | undefined => {
    // Undefined in the meantime, for checks that ask about each other.
    if (!outcomes.has(check)) outcomes.set(check, undefined).set(check, check.run(facts, run));
    return outcomes.get(check);
  };
  let refusals: { readonly value: readonly string[] | undefined } | undefined;
  const run: CheckRun = {
    get refusals() {
      refusals ??= {
        value: refusalsBy(
          verifier.filter((each) => each.refusesToken).flatMap((each) => outcomeOf(each) ?? []),
        ),
      };
      return refusals.value;
    },
    outcomeOf: (code) => {
      const check = byCode.get(code);
      return check === undefined ? undefined : outcomeOf(check);
    },
    isCode: (code) => known.has(code),
    // A check that throws has a bug, which is reported as such and stops nothing else.
    resultsOf(check) {
      try {
        return describeOutcome(check, outcomeOf(check) ?? { state: 'skipped', why: 'It asks about itself' });
      } catch (error) {
        const detail = error instanceof Error ? error.message : String(error);
        const { code, holds: title } = check;
        return [{ code, step: stepOf(code), title, state: 'crashed', detail }];
      }
    },
  };
  return run;
}
