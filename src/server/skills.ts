// Skills: instructions for models in folders with a SKILL.md, which clients list and read (the MCP extension io.modelcontextprotocol/skills).
import type { McpServer } from '@modelcontextprotocol/server';
import * as z from 'zod';
import { refuseCursor } from './pages.ts';
import { modernVersion } from './plain-calls.ts';
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
  /** A client needs all of them for each skill of this catalogue. Without them it gets HTTP 403, before a file is read. */
  readonly scopes: readonly Scope[];
  readonly catalog: SkillCatalog;
}

/** Declared skills, as the rest of the server sees them: those of one catalogue. */
export interface Skills {
  readonly scopes: readonly string[];
  readonly catalog: SkillCatalog;
  /** Their entries in `resources/list`: the SKILL.md of each. */
  readonly listings: ReadonlyArray<{ uri: string; name: string; description: string; mimeType: string }>;
}

/**
 * Declares the skills of a server, or some of them: those of a catalogue have the same scopes.
 *
 * @example
 * skills: skills({ scopes: ['note:read'], catalog: await loadSkills('skills') }),
 * @example
 * skills: [
 *   skills({ scopes: ['note:read'], catalog: await loadSkills('skills/readers') }),
 *   skills({ scopes: ['note:write'], catalog: await loadSkills('skills/writers') }),
 * ],
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

const listMethod = 'skills/list';

/** @returns the skills as a list, however they were declared. @throws TypeError if two have the same URI. */
export function skillGroups(declared: Skills | readonly Skills[] = []): readonly Skills[] {
  const groups = 'catalog' in declared ? [declared] : declared;
  const uris = groups.flatMap(({ listings }) => listings.map(({ uri }) => uri));
  const twice = uris.find((uri, index) => uris.indexOf(uri) < index);
  if (twice === undefined) return groups;
  throw new TypeError(`Two skills have the URI ${twice}: load one of the catalogues with a \`prefix\``);
}

/**
 * The skills that a message is about: all for the list, else those of one catalogue, and only that one will be asked. So a URI
 * that is spelt in an unusual way can miss a skill, and never reach one whose scopes were not looked at.
 */
export function skillsAskedFor(
  groups: readonly Skills[],
  { method, params }: Readonly<Record<string, unknown>>,
): readonly Skills[] {
  if (method === listMethod) return groups;
  const uri = String((params as { uri?: unknown } | undefined)?.uri).replace(/^skill:/i, 'skill:');
  const found = groups.find(({ listings }) => listings.some((each) => isWithin(uri, each.uri)));
  return found === undefined ? groups.slice(0, 1) : [found];
}

/** @param manifest the URI of a skill's SKILL.md. */
function isWithin(uri: string, manifest: string): boolean {
  const folder = manifest.slice(0, manifest.lastIndexOf('/'));
  return uri === folder || uri.startsWith(`${folder}/`);
}

/** Serves skills with one of the SDK's servers, which takes one catalogue: of several, there is only the list. */
export function attachSkills(server: McpServer, groups: readonly Skills[]): void {
  const [only] = groups;
  if (only !== undefined && groups.length === 1) {
    only.catalog.attach(server);
    return;
  }
  const params = z.looseObject({ cursor: z.string().optional() });
  server.server.setRequestHandler(listMethod, { params }, ({ cursor }) => {
    refuseCursor(cursor === undefined ? {} : { cursor });
    const isModern = server.server.getNegotiatedProtocolVersion() === modernVersion;
    const skills = groups.flatMap(({ catalog }) => catalog.entries);
    return { skills, ...(isModern && { ttlMs: 0, cacheScope: 'private' }) };
  });
}
