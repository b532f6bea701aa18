// JSON Schema in the form that every client reads.
import type { Tool as ToolListing } from '@modelcontextprotocol/server';
import * as z from 'zod';

type Schema = Record<string, unknown>;

/** Keywords that describe a value for readers, and say nothing about its type. */
const annotations = new Set([
  'title',
  'description',
  'default',
  'deprecated',
  'examples',
  'readOnly',
  'writeOnly',
]);

/**
 * @returns an object's schema without what clients stumble over: `$schema`, which validators of other drafts refuse, and
 *   lists of types, which clients that map schemas onto one type for a value (OpenAPI, Gemini) drop or reject.
 */
export function listedSchema(schema: z.ZodObject, io: 'input' | 'output'): ToolListing['inputSchema'] {
  const { $schema: _, ...json } = portable(z.toJSONSchema(schema, { io })) as Schema;
  // An owner who names a dialect in `meta()` knows the clients, and wants it there.
  const { $schema } = z.globalRegistry.get(schema) ?? {};
  return { ...($schema !== undefined && { $schema }), ...json } as ToolListing['inputSchema'];
}

/** @returns what is wrong with a value, for its sender. The first few mistakes do: in a long list there may be thousands. */
export function explain({ issues }: z.ZodError): string {
  return issues
    .slice(0, 10)
    .map((issue) => `${issue.path.join('.') || 'arguments'}: ${issue.message}`)
    .join('; ');
}

/** `{type: ['string', 'null'], …}` says the same as `{anyOf: [{type: 'string', …}, {type: 'null'}]}`. */
function portable(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(portable);
  if (typeof schema !== 'object' || schema === null) return schema;
  const { type, ...rest } = Object.fromEntries(
    Object.entries(schema).map(([name, value]) => [name, isLiteral(name) ? value : portable(value)]),
  );
  if (!isTypeList(type)) return type === undefined ? rest : { type, ...rest };
  const entries = Object.entries(rest);
  const outside = Object.fromEntries(entries.filter(([name]) => annotations.has(name)));
  const inside = Object.fromEntries(entries.filter(([name]) => !annotations.has(name)));
  return {
    ...outside,
    anyOf: type.map((each) => (each === 'null' ? { type: each } : { type: each, ...inside })),
  };
}

/** Values, which may look like a schema. */
function isLiteral(name: string): boolean {
  return ['const', 'enum', 'default', 'examples', 'required'].includes(name);
}

/** Where a property is named `type`, this is its schema, which is an object. */
function isTypeList(type: unknown): type is readonly string[] {
  return Array.isArray(type) && type.every((each) => typeof each === 'string');
}
