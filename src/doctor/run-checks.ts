import { printable } from '../scalekit/index.ts';
import type { Check } from './check.ts';
import type { Facts } from './facts.ts';
import type { CheckResult, Finding, Outcome, Subject } from './model.ts';
import { textOf } from './texts/index.ts';

/** What was seen comes from outside: nothing in it may reach a terminal as more than text. */
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
  const text = textOf(check.code);
  return {
    code: check.code,
    step: text.step,
    title: safe(finding.title ?? text.title),
    state: 'found',
    level: finding.level ?? text.level,
    side: finding.side ?? text.side,
    detail: finding.why ?? text.why,
    fix: finding.fix ?? text.fix,
    subject: safeSubject(finding.subject),
    ...(finding.actual === undefined ? {} : { actual: safe(finding.actual) }),
    ...(finding.expected === undefined ? {} : { expected: safe(finding.expected) }),
    ...(finding.edits === undefined ? {} : { edits: finding.edits }),
    ...(finding.commands === undefined ? {} : { commands: finding.commands }),
  };
}

/** @returns the lines of one outcome: one, or one a finding. */
function describeOutcome(check: Check, outcome: Outcome): readonly CheckResult[] {
  if (outcome.state === 'found') return outcome.findings.map((finding) => describeFinding(check, finding));
  const text = textOf(check.code);
  const line = { code: check.code, step: text.step, title: text.holds };
  if (outcome.state === 'passed') {
    const detail = outcome.detail === undefined ? {} : { detail: safe(outcome.detail) };
    return [{ ...line, title: outcome.title ?? text.holds, state: 'passed', ...detail }];
  }
  if (outcome.state === 'skipped') return [{ ...line, state: 'skipped', detail: safe(outcome.why) }];
  const fix = outcome.fix ?? text.fix;
  return [{ ...line, state: 'unreachable', level: 'warning', detail: safe(outcome.why), fix }];
}

/**
 * Runs one check. A check that throws has a fault of its own, which is reported as such and stops nothing else.
 */
export function runCheck(check: Check, facts: Facts): readonly CheckResult[] {
  try {
    return describeOutcome(check, check.run(facts));
  } catch (error) {
    const text = textOf(check.code);
    const detail = error instanceof Error ? error.message : String(error);
    return [{ code: check.code, step: text.step, title: text.holds, state: 'crashed', detail }];
  }
}
