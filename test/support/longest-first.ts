import { BaseSequencer, type TestSpecification } from 'vitest/node';

/**
 * The files of `full` that take longest, the longest first. Vitest knows how long files take only after a first run, and begins
 * with the largest files until then: a long one that begins last leaves the other workers idle.
 */
export const longest: readonly string[] = [
  'test/e2e/eject.test.ts',
  'test/security/life.test.ts',
  'test/security/log.test.ts',
  'test/security/attack.test.ts',
  'test/security/connections.test.ts',
  'test/e2e/doctor-project.test.ts',
  'test/e2e/provider.test.ts',
  'test/security/crowd.test.ts',
  'test/security/environment.test.ts',
  'test/security/keys.test.ts',
  'test/doctor/self-check.slow.test.ts',
  'test/e2e/release.test.ts',
  'test/develop/dev.slow.test.ts',
  'test/develop/reload.slow.test.ts',
  'test/e2e/generated-todo.test.ts',
  'test/e2e/generated-examples.test.ts',
  'test/security/fuzz.test.ts',
];

function rankOf({ moduleId }: TestSpecification): number {
  const place = longest.findIndex((file) => moduleId.endsWith(`/${file}`));
  return place < 0 ? longest.length : place;
}

/** Begins with the files that take longest. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const group = ({ project }: TestSpecification) => project.config.sequence.groupOrder;
    return sorted.toSorted((one, other) => group(one) - group(other) || rankOf(one) - rankOf(other));
  }
}
