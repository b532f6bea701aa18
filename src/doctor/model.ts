/** The doctor's vocabulary: what a check says about the facts, and what a report says to a person. */

/** The journey of a call, in the order in which a person meets its steps. */
export const steps = [
  'configuration',
  'scalekit',
  'server',
  'token',
  'tools',
  // Only on request: --client, --directory, --surface.
  'client',
  'directory',
  'surface',
] as const;
export type Step = (typeof steps)[number];

/** `error`: it does not work; `warning`: it will not work for someone, or is unsafe; `advice`: it could be better. */
export type Level = 'error' | 'warning' | 'advice';

/** Where the edit has to be made. */
export type Side = 'env' | 'code' | 'proxy' | 'dashboard' | 'client' | 'machine';

/** `unreachable` means "could not check": neither fine nor broken. `crashed` is a bug in the doctor. */
export type State = 'passed' | 'found' | 'skipped' | 'unreachable' | 'crashed';

/** `SKM` and three digits; the first digit is the step. A code is never reused. */
export type Code = `SKM${number}`;

/** @returns the step of the journey that a code belongs to: its first digit. */
export function stepOf(code: Code): Step {
  const step = steps[Number(code.charAt('SKM'.length)) - 1];
  if (step === undefined) throw new Error(`${code} belongs to no step`);
  return step;
}

/** What a finding is about; at least one of the fields is set. */
export interface Subject {
  /** Path relative to the project, with `/`. */
  readonly file?: string;
  /** Counted from 1. */
  readonly line?: number;
  readonly variable?: string;
  readonly url?: string;
}

/** A change that `--fix` can make by itself. Each one is exact and can be shown before it is made. */
export type Edit =
  | {
      readonly kind: 'set-variable';
      readonly file: string;
      readonly variable: string;
      readonly value: string;
      /** By whose rules the file is read; Node's where it does not say. */
      readonly rules?: 'python';
    }
  | {
      readonly kind: 'remove-line';
      readonly file: string;
      readonly rules?: 'python';
      readonly line: number;
      /** What the line sets, as a guard against a file that has changed meanwhile. */
      readonly variable: string;
    }
  | {
      readonly kind: 'mend-line';
      readonly file: string;
      readonly rules?: 'python';
      /** Of an odd line in an env file; what it says may be a secret, so it is not here. */
      readonly line: number;
    }
  | { readonly kind: 'append-line'; readonly file: string; readonly text: string }
  | { readonly kind: 'replace'; readonly file: string; readonly before: string; readonly after: string }
  | { readonly kind: 'mode'; readonly file: string; readonly mode: number };

/** A command to run in the project's folder, as a list of words. */
export type Command = readonly string[];

/** What a check found wrong. The words are in the check; this has only what differs each time. */
export interface Finding {
  readonly subject: Subject;
  /** The wrong value, safe to print. */
  readonly actual?: string;
  /** The right value. */
  readonly expected?: string;
  /** Each of these replaces the code's own words or level if this case differs, e.g. the rule that a URL breaks. */
  readonly title?: string;
  readonly why?: string;
  readonly fix?: string;
  readonly level?: Level;
  readonly side?: Side;
  /** What `--fix` would do. */
  readonly edits?: readonly Edit[];
  readonly commands?: readonly Command[];
}

/** What a check says about the facts. */
export type Outcome =
  | { readonly state: 'passed'; readonly title?: string; readonly detail?: string }
  | { readonly state: 'skipped'; readonly why: string }
  | { readonly state: 'unreachable'; readonly why: string; readonly fix?: string }
  | { readonly state: 'found'; readonly findings: readonly Finding[] };

/** @returns "all is well", with what was seen if that says more than the check's title. */
export function passed(detail?: string): Outcome {
  return detail === undefined ? { state: 'passed' } : { state: 'passed', detail };
}

/** @returns "all is well", in words that replace the check's own. */
export function passedWith(title: string): Outcome {
  return { state: 'passed', title };
}

/** @returns "this does not apply here", with the reason as a sentence without a full stop. */
export function skipped(why: string): Outcome {
  return { state: 'skipped', why };
}

/** @returns "this could not be checked", with the reason and what to do about it. */
export function unreachable(why: string, fix?: string): Outcome {
  return fix === undefined ? { state: 'unreachable', why } : { state: 'unreachable', why, fix };
}

/** @returns the findings, or `passed` if there are none. */
export function found(...findings: readonly Finding[]): Outcome {
  return findings.length === 0 ? passed() : { state: 'found', findings };
}

/** One line of a report: a check's outcome, or one of its findings, with its words. */
export interface CheckResult {
  readonly code: Code;
  readonly step: Step;
  /** What is true (passed), what is wrong (found), or what was to be checked. One short sentence without a full stop. */
  readonly title: string;
  readonly state: State;
  /** Set if `state` is `found`, and `warning` where it is `unreachable`. */
  readonly level?: Level;
  /** What was seen, why it matters, or why it could not be checked. */
  readonly detail?: string;
  /** What to do, in words. */
  readonly fix?: string;
  readonly subject?: Subject;
  readonly actual?: string;
  readonly expected?: string;
  readonly side?: Side;
  readonly edits?: readonly Edit[];
  readonly commands?: readonly Command[];
  /** Other findings that follow from this one. */
  readonly consequences?: readonly CheckResult[];
}
