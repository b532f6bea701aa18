import type { PackageFact } from './facts/index.ts';
import { compareVersions, pinnedVersion } from './versions.ts';

/** A published weakness of a package that MCP servers and their clients are made of. */
export interface Advisory {
  readonly ecosystem: PackageFact['ecosystem'];
  readonly name: string;
  readonly id: string;
  /** The first affected version; all before `fixedIn` if there is none. */
  readonly since?: string;
  readonly fixedIn: string;
  readonly what: string;
}

export const advisories: readonly Advisory[] = [
  {
    ecosystem: 'npm',
    name: '@modelcontextprotocol/sdk',
    id: 'CVE-2025-66414',
    fixedIn: '1.24.0',
    what: 'a web page can reach a server on this machine (DNS rebinding)',
  },
  {
    ecosystem: 'npm',
    name: '@modelcontextprotocol/sdk',
    id: 'CVE-2026-0621',
    fixedIn: '1.25.2',
    what: 'a crafted resource URI stops the server (regular expression)',
  },
  {
    ecosystem: 'npm',
    name: '@modelcontextprotocol/sdk',
    id: 'CVE-2026-25536',
    since: '1.10.0',
    fixedIn: '1.26.0',
    what: 'one client can get another client’s answers if a server object is shared',
  },
  {
    ecosystem: 'npm',
    name: 'mcp-remote',
    id: 'CVE-2025-6514',
    since: '0.0.5',
    fixedIn: '0.1.16',
    what: 'a hostile server can run commands on the client’s machine',
  },
  {
    ecosystem: 'npm',
    name: '@modelcontextprotocol/inspector',
    id: 'CVE-2025-49596',
    fixedIn: '0.14.1',
    what: 'a web page can run commands on the developer’s machine',
  },
  {
    ecosystem: 'pypi',
    name: 'mcp',
    id: 'CVE-2025-53366',
    fixedIn: '1.9.4',
    what: 'a malformed request stops the server',
  },
  {
    ecosystem: 'pypi',
    name: 'mcp',
    id: 'CVE-2025-53365',
    fixedIn: '1.10.0',
    what: 'a client can stop the server',
  },
  {
    ecosystem: 'pypi',
    name: 'mcp',
    id: 'CVE-2025-66416',
    fixedIn: '1.23.0',
    what: 'a web page can reach a server on this machine (DNS rebinding)',
  },
  {
    ecosystem: 'pypi',
    name: 'fastmcp',
    id: 'CVE-2025-69196',
    fixedIn: '2.14.2',
    what: 'its OAuth proxy issues tokens that are good for other servers',
  },
  {
    ecosystem: 'pypi',
    name: 'fastmcp',
    id: 'CVE-2026-32871',
    fixedIn: '3.2.0',
    what: 'a tool made from an OpenAPI document can be made to call other addresses',
  },
];

/** @returns the version that counts: the installed one, or the only one that the project allows. */
export function versionOf(fact: PackageFact): string | undefined {
  return fact.version ?? pinnedVersion(fact.range);
}

/** @returns the advisories that apply to a package at its version. */
export function advisoriesOf(fact: PackageFact): readonly Advisory[] {
  const version = versionOf(fact);
  if (version === undefined) return [];
  return advisories.filter(
    ({ ecosystem, name, since, fixedIn }) =>
      ecosystem === fact.ecosystem &&
      name === fact.name &&
      compareVersions(version, fixedIn) < 0 &&
      (since === undefined || compareVersions(version, since) >= 0),
  );
}

/**
 * Versions of FastMCP whose Scalekit provider is wrong (docs/scalekit.md#the-trailing-slash). That it knows
 * one issuer was seen in the source of all of 3.4, and that it knows both in 4.0.0.
 */
export const wrongFastMcp = { since: '2.13.0', fixedIn: '4.0.0' } as const;

/** Versions of FastMCP that compare `aud` with the base URL, and hence need its trailing slash. */
export const slashFastMcp = { since: '2.13.0', before: '2.13.2' } as const;
