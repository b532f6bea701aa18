/** What tests need besides Node.js, npm and git, and how to get it. */
export interface Need {
  /** What is needed, e.g. `Chromium`. */
  readonly what: string;
  readonly present: boolean;
  /** How to get it, e.g. `apt-get install chromium`. */
  readonly install: string;
}

/**
 * Says in one line which tests are left out, and why. With `FAIL_ON_SKIP=1`, as `.ci/run` has it, that is an error.
 * @param tests what is left out, e.g. `the consent page in a browser`.
 * @returns whether something is missing.
 */
export function lacks(tests: string, needs: readonly Need[]): boolean {
  const missing = needs.filter(({ present }) => !present);
  if (missing.length === 0) return false;
  const text = missing.map(({ what, install }) => `no ${what} (${install})`).join(', ');
  const line = `Skipped: ${tests}: ${text}.`;
  if (process.env.FAIL_ON_SKIP === '1') throw new Error(line);
  console.warn(line);
  return true;
}
