/** One run of the official suite: a version of it, and the revision of the protocol that it speaks. */
export interface SuiteRun {
  readonly name: string;
  /** Version of `@modelcontextprotocol/conformance`. */
  readonly version: string;
  readonly args: readonly string[];
  /** Scenarios that a server which has nothing but tools must pass, with how many checks of each it can pass. */
  readonly required: Readonly<Record<string, number>>;
}

export const suiteRuns: readonly SuiteRun[] = [
  {
    name: 'clients of 2025 (suite 0.1.16)',
    version: '0.1.16',
    args: ['--suite', 'all'],
    required: { 'server-initialize': 1, ping: 1, 'tools-list': 1, 'dns-rebinding-protection': 2 },
  },
  {
    name: 'clients of 2025-11-25 (suite 0.2.0-alpha.12)',
    version: '0.2.0-alpha.12',
    args: ['--suite', 'all', '--spec-version', '2025-11-25'],
    required: { 'server-initialize': 1, ping: 1, 'tools-list': 1, 'dns-rebinding-protection': 2 },
  },
  {
    name: 'clients of 2026-07-28 (suite 0.2.0-alpha.12)',
    version: '0.2.0-alpha.12',
    args: ['--suite', 'all', '--spec-version', '2026-07-28'],
    required: {
      'tools-list': 4,
      'dns-rebinding-protection': 2,
      'http-header-validation': 14,
      'server-stateless': 24,
      caching: 4,
      'sep-2164-resource-not-found': 2,
      'input-required-result-unsupported-methods': 2,
      'input-required-result-validate-input': 3,
    },
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

/** What the suite says where it asks for something that the generated server does not have, and need not. */
const notThere =
  /There is no tool of that name|Tool '\w+' not found|Not testable: server (?:does not list|exposes no)|Not testable: no task was created|Method not found|-32601|capabilities\.extensions MUST be advertised|got -32601|returned error code -32602|Prerequisite failed|fixture from Check|Expected InputRequiredResult with inputRequests/;

/** Checks that failed although what they ask for is there. */
export function trueFailures({ checks }: ScenarioResult): readonly Check[] {
  return checks.filter(
    ({ status, errorMessage }) => status === 'FAILURE' && !notThere.test(errorMessage ?? ''),
  );
}

const reasons: ReadonlyArray<readonly [RegExp, string]> = [
  [
    /^tools-call-(?:sampling|elicitation)|^elicitation-/,
    "needs the suite's own tools, which ask the client back: the server answers in one piece and asks nobody",
  ],
  [/^tools-call-|^json-schema-2020-12$/, "needs the suite's own tools (`test_simple_text` and others)"],
  [
    /^http-custom-header/,
    'needs a tool with `x-mcp-header` parameters, which none of the generated ones has',
  ],
  [/^resources-/, 'the server has no resources'],
  [/^prompts-/, 'the server has no prompts'],
  [/^completion-/, 'the server has nothing to complete'],
  [/^logging-/, "the server's log is on stderr, not in the protocol"],
  [/^server-sse-/, 'the server has no sessions and no streams: it answers in JSON'],
  [/^server-session-/, 'the server has no sessions'],
  [/^tasks-/, 'the server has no tasks (an extension)'],
  [/^input-required-/, "needs the suite's own tools, which ask the client back"],
  [/^sep-2640-/, 'the server has no skills (an extension)'],
  [/^server-stateless$/, "four checks need the suite's own diagnostic tools; all others pass"],
  [/^caching$/, 'the lists of prompts, resources and templates are not there; that of tools passes'],
];

/** @returns why a scenario can't be passed in full by a server that has nothing but its own tools. */
export function reasonFor(scenario: string): string | undefined {
  return reasons.find(([pattern]) => pattern.test(scenario))?.[1];
}

export interface Verdict {
  readonly passed: number;
  readonly failed: number;
  readonly fault: string | undefined;
}

/** @returns how a scenario went, and what is wrong with that, if anything. */
export function judgeScenario(run: SuiteRun, result: ScenarioResult): Verdict {
  const count = (wanted: Check['status']) => result.checks.filter(({ status }) => status === wanted).length;
  const [passed, failed] = [count('SUCCESS'), count('FAILURE')];
  const faults = trueFailures(result).map(({ id, errorMessage }) => `${id}: ${errorMessage ?? 'failed'}`);
  const wanted = run.required[result.scenario] ?? 0;
  if (passed < wanted) faults.push(`${passed} checks passed, ${wanted} can`);
  if (failed > 0 && reasonFor(result.scenario) === undefined) faults.push('failed, and nobody knows why');
  return { passed, failed, fault: faults.length > 0 ? faults.join('; ') : undefined };
}
