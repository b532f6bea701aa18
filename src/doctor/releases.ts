import { compareVersions } from './versions.ts';

/** A change that an owner notices, as one sentence without a full stop. */
export interface Change {
  /** Which package it is in: `server` is what protects a project, `tool` this program, `create` what new projects look like. */
  readonly part: 'server' | 'tool' | 'create';
  readonly kind: 'security' | 'fix' | 'change' | 'new';
  readonly what: string;
}

export interface Release {
  readonly version: string;
  readonly changes: readonly Change[];
}

/**
 * What each release brought, the newest first. CHANGELOG.md is written from this list, and the doctor uses it to say what an
 * older server or an ejected one lacks.
 */
export const releases: readonly Release[] = [
  {
    version: '0.1.0',
    changes: [
      {
        part: 'create',
        kind: 'new',
        what: 'An MCP server protected by Scalekit, in TypeScript, or in Python on FastMCP',
      },
      {
        part: 'server',
        kind: 'new',
        what: 'scalekit-mcp-server: the protection as a package of its own',
      },
      {
        part: 'tool',
        kind: 'new',
        what: 'scalekit-mcp: dev, call, add, doctor, register, update, eject and the local Scalekit',
      },
    ],
  },
];

/** @returns the fixes in the protection after a version, the newest release first; each with its release. */
export function serverFixesSince(
  version: string,
  kind?: 'security',
  among = releases,
): ReadonlyArray<Change & { readonly version: string }> {
  return among
    .filter((release) => compareVersions(release.version, version) > 0)
    .flatMap((release) => release.changes.map((change) => ({ ...change, version: release.version })))
    .filter((change) => change.part === 'server' && change.kind !== 'new')
    .filter((change) => kind === undefined || change.kind === kind);
}

/** @returns the changes as one text for a finding: "0.1.2: what; 0.1.1: what". */
export function listed(changes: ReturnType<typeof serverFixesSince>): string {
  return changes.map(({ version, what }) => `${version}: ${what}`).join('; ');
}
