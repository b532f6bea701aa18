/** Compares versions as npm and PyPI write them; enough for "is this one affected". */

function numbers(version: string): readonly number[] {
  const [release = ''] = version.replace(/^v/, '').split(/[-+]/, 1);
  return release.split('.').map((part) => Number.parseInt(part, 10) || 0);
}

/** @returns less than, equal to or more than 0. Pre-releases count as their release. */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [numbers(a), numbers(b)];
  for (let index = 0; index < Math.max(left.length, right.length); index++) {
    const difference = (left[index] ?? 0) - (right[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** @returns the one version that a range allows (`==2.13.1`, `1.2.3`), or undefined if it allows several. */
export function pinnedVersion(range: string): string | undefined {
  return /^(?:={1,3}\s*)?v?(\d+(?:\.\d+)+)$/.exec(range.trim())?.[1];
}

/** @returns the lowest version that a Node range allows (`>=20.19`, `^22.1 || >=24`), or undefined if it says none. */
export function leastVersion(range: string): string | undefined {
  const versions = range
    .split('||')
    .flatMap((part) => /^\s*(?:>=|\^|~)?\s*v?(\d+(?:\.\d+)*)/.exec(part)?.[1] ?? []);
  return versions.sort(compareVersions)[0];
}

/** @returns whether a range with `^` around one allows the other: the same major version, or below 1.0 the same minor one. */
export function isSameLine(a: string, b: string): boolean {
  const [[major = 0, minor = 0], [otherMajor = 0, otherMinor = 0]] = [numbers(a), numbers(b)];
  return major === otherMajor && (major > 0 || minor === otherMinor);
}
