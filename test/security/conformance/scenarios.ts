/** One run of the official suite: a version of it, and the revision of the protocol that it speaks. */
export interface SuiteRun {
  readonly name: string;
  /** Version of `@modelcontextprotocol/conformance`. */
  readonly version: string;
  readonly args: readonly string[];
  /** How many scenarios it has: fewer would mean that some were not run. */
  readonly scenarios: number;
}

export const suiteRuns: readonly SuiteRun[] = [
  {
    name: 'clients of 2025 (suite 0.1.16)',
    version: '0.1.16',
    args: ['--suite', 'all'],
    scenarios: 32,
  },
  {
    name: 'clients of 2025-11-25 (suite 0.2.0-alpha.12)',
    version: '0.2.0-alpha.12',
    args: ['--suite', 'all', '--spec-version', '2025-11-25'],
    scenarios: 33,
  },
  {
    name: 'clients of 2026-07-28 (suite 0.2.0-alpha.12)',
    version: '0.2.0-alpha.12',
    args: ['--suite', 'all', '--spec-version', '2026-07-28'],
    scenarios: 40,
  },
];

export interface Check {
  readonly id: string;
  readonly status: 'SUCCESS' | 'FAILURE' | 'WARNING' | 'SKIPPED' | 'INFO';
  readonly errorMessage?: string;
}

export interface ScenarioResult {
  readonly scenario: string;
  readonly checks: readonly Check[];
}

/** What the package does not have, with the checks that fail for it: all of it is deprecated since 2026-07-28, or needs sessions. */
const reasons: ReadonlyArray<readonly [scenario: RegExp, check: RegExp, reason: string]> = [
  [
    /^(?:logging-set-level|tools-call-with-logging)$/,
    /./,
    "logging in the protocol is deprecated: `call.log` writes to the server's log",
  ],
  [/^tools-call-sampling$/, /./, 'sampling is deprecated'],
  [/^input-required-result-basic-sampling$/, /./, 'sampling is deprecated'],
  [/^input-required-result-basic-list-roots$/, /./, 'roots are deprecated'],
  [
    /^input-required-result-multiple-input-requests$/,
    /./,
    'asks for sampling and roots, which are deprecated, beside a question',
  ],
  [
    /^input-required-result-capability-check$/,
    /./,
    'asks a client that has sampling alone, which is deprecated',
  ],
  [
    /^server-stateless$/,
    /^sep-2575-server-rejects-undeclared-capability$/,
    'one check wants sampling to be missing, which is deprecated: what is missing here is elicitation; all others pass',
  ],
  [/^resources-(?:un)?subscribe$/, /./, 'needs a session that outlives the request; the server has none'],
  [/^server-sse-polling$/, /./, 'needs a session and events that are kept; the server has neither'],
  [/^server-session-lifecycle$/, /./, 'the server has no sessions, which 2026-07-28 has removed'],
];

/** @returns why a scenario is not passed in full. */
export function reasonFor(scenario: string): string | undefined {
  return reasons.find(([pattern]) => pattern.test(scenario))?.[2];
}

/** Checks that failed without a known reason. */
function trueFailures({ scenario, checks }: ScenarioResult): readonly Check[] {
  const allowed = reasons.filter(([pattern]) => pattern.test(scenario)).map(([, check]) => check);
  return checks.filter(({ status, id }) => isBad(status) && !allowed.some((pattern) => pattern.test(id)));
}

/** A warning marks a SHOULD that a server does not follow; ours is meant to follow all of them. */
function isBad(status: Check['status']): boolean {
  return status === 'FAILURE' || status === 'WARNING';
}

export interface Verdict {
  readonly passed: number;
  readonly failed: number;
  readonly fault: string | undefined;
}

/** @returns the result of a scenario, and what is wrong with it, if anything. */
export function judgeScenario(result: ScenarioResult): Verdict {
  const passed = result.checks.filter(({ status }) => status === 'SUCCESS').length;
  const failed = result.checks.filter(({ status }) => isBad(status)).length;
  const faults = trueFailures(result).map(({ id, errorMessage }) => `${id}: ${errorMessage ?? 'failed'}`);
  if (passed === 0 && reasonFor(result.scenario) === undefined) faults.push('no check has passed');
  // A reason that no longer holds would hide the next failure.
  const isStale = passed > 0 && failed === 0 && reasonFor(result.scenario) !== undefined;
  if (isStale) faults.push('passes, although there is a reason why it does not');
  return { passed, failed, fault: faults.length > 0 ? faults.join('; ') : undefined };
}
