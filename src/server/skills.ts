// Skills: instructions for models in folders with a SKILL.md, which clients list and read (the MCP extension io.modelcontextprotocol/skills).
import type { McpServer } from '@modelcontextprotocol/server';
import { securityMeta } from './security-schemes.ts';

/**
 * The SDK's catalogue of skills, from `loadSkills` of `@modelcontextprotocol/server/ext/skills/node` or `SkillsExtension.load` of
 * `@modelcontextprotocol/server/ext/skills`. The server itself imports neither, so that a server without skills does not load them.
 */
export interface SkillCatalog {
  /** The extension's name. */
  readonly id: string;
  /** The skills, as clients get them. */
  readonly entries: ReadonlyArray<{
    readonly uri: string;
    readonly frontmatter: { readonly name: string; readonly description: string };
  }>;
  /** Serves them with one of the SDK's servers. */
  attach(server: McpServer): void;
}

/** The skills of a server. */
export interface SkillsDeclaration<Scope extends string> {
  /** A client needs all of them for every skill. Without them it gets HTTP 403, before a file is read. */
  readonly scopes: readonly Scope[];
  readonly catalog: SkillCatalog;
}

/** Declared skills, as the rest of the server sees them. */
export interface Skills {
  readonly scopes: readonly string[];
  readonly catalog: SkillCatalog;
  /** Their entries in `resources/list`: the SKILL.md of each. */
  readonly listings: ReadonlyArray<{ uri: string; name: string; description: string; mimeType: string }>;
}

/**
 * Declares the skills of a server.
 *
 * @example
 * skills: skills({ scopes: ['note:read'], catalog: await loadSkills('skills') }),
 */
export type DeclareSkills<Scope extends string> = (declaration: SkillsDeclaration<Scope>) => Skills;

/** Declares skills, whatever the names of the server's scopes. */
export function declareSkills<Scope extends string>({ scopes, catalog }: SkillsDeclaration<Scope>): Skills {
  const listings = catalog.entries.map(({ uri, frontmatter: { name, description } }) => ({
    uri,
    name,
    description,
    mimeType: 'text/markdown',
    _meta: securityMeta(scopes),
  }));
  return { scopes, catalog, listings };
}

const methods: ReadonlySet<unknown> = new Set(['skills/list', 'skills/get', 'resources/directory/read']);

/** @returns whether a message asks for skills, or for a file of one. */
export function asksForSkills({ method, params }: Readonly<Record<string, unknown>>): boolean {
  if (methods.has(method)) return true;
  const { uri } = (params ?? {}) as { readonly uri?: unknown };
  return method === 'resources/read' && typeof uri === 'string' && isOfSkills(uri);
}

/** @returns whether a URI is one of the skills' own, which no other resource may have. */
export function isOfSkills(uri: string): boolean {
  return /^skill:/i.test(uri);
}
