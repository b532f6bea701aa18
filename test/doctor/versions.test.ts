import { describe, expect, test } from 'vitest';
import { advisories } from '../../src/doctor/advisories.ts';
import { compareVersions, leastVersion, pinnedVersion } from '../../src/doctor/versions.ts';

describe('versions', () => {
  test.each([
    ['1.24.0', '1.9.9', 1],
    ['2.13.0.2', '2.13.1', -1],
    ['2.13', '2.13.0', 0],
    ['v20.19.0', '20.19', 0],
    ['3.4.8-rc.1', '3.4.8', 0],
  ])('compares %s with %s', (a, b, expected) => {
    expect(Math.sign(compareVersions(a, b))).toBe(expected);
  });

  test.each([
    ['==2.13.1', '2.13.1'],
    ['1.2.3', '1.2.3'],
    ['>=2.13', undefined],
    ['^1.2.3', undefined],
    ['', undefined],
  ])('%s pins %s', (range, expected) => {
    expect(pinnedVersion(range)).toBe(expected);
  });

  test.each([
    ['>=20.19', '20.19'],
    ['^22.1 || >=20.19', '20.19'],
    ['20.x', '20'],
    ['*', undefined],
  ])('%s asks for at least %s', (range, expected) => {
    expect(leastVersion(range)).toBe(expected);
  });
});

test('every advisory has an id that can be looked up, and a range that can match', () => {
  for (const { id, since, fixedIn } of advisories) {
    expect(id).toMatch(/^(?:CVE-\d{4}-\d{4,}|GHSA(?:-[\da-z]{4}){3})$/);
    expect(compareVersions(since ?? '0', fixedIn)).toBeLessThan(0);
  }
});
