import type { SurfaceTool } from './facts/index.ts';
import { objectIn, strings } from './reading.ts';
import type { ToolFacts } from './tools.ts';

/** What clients know about a server’s tools, and what a change means to them. Pure. */

const hintNames = ['readOnlyHint', 'destructiveHint', 'idempotentHint', 'openWorldHint'] as const;

function scopesOf({ securitySchemes = [] }: ToolFacts): readonly string[] {
  return [...new Set(securitySchemes.flatMap(({ scopes }) => strings(scopes)))].sort();
}

/** @returns the tools as they are recorded: sorted, and without what may differ from run to run. */
export function surfaceOf(tools: readonly ToolFacts[]): readonly SurfaceTool[] {
  return tools
    .map((tool) => ({
      name: tool.name,
      ...(tool.title === undefined ? {} : { title: tool.title }),
      ...(tool.description === undefined ? {} : { description: tool.description }),
      inputSchema: tool.inputSchema ?? {},
      scopes: scopesOf(tool),
      hints: Object.fromEntries(
        hintNames.flatMap((name) => (tool[name] === undefined ? [] : [[name, tool[name]]])),
      ),
    }))
    .sort((a, b) => a.name.localeCompare(b.name));
}

/** @returns the text of the file. */
export function surfaceText(tools: readonly SurfaceTool[]): string {
  return `${JSON.stringify({ version: 1, tools }, null, 2)}\n`;
}

/** One change, and whether a client that knows the old surface fails with the new one. */
export interface SurfaceChange {
  readonly what: string;
  readonly breaks: boolean;
}

type Schema = Readonly<Record<string, unknown>>;

function propertiesOf(schema: Schema): Readonly<Record<string, Schema>> {
  const properties = objectIn(schema.properties) ?? {};
  return Object.fromEntries(Object.entries(properties).map(([name, value]) => [name, objectIn(value) ?? {}]));
}

function typesOf(schema: Schema): readonly string[] {
  return (Array.isArray(schema.type) ? strings(schema.type) : [String(schema.type ?? 'any')]).toSorted();
}

/** What an argument used to accept and no longer does. */
function narrowing(before: Schema, after: Schema): string | undefined {
  const [old, now] = [typesOf(before), typesOf(after)];
  if (old.join() !== now.join() && !now.includes('any') && !old.every((type) => now.includes(type)))
    return `takes ${now.join(' or ')} in place of ${old.join(' or ')}`;
  const [values, fewer] = [before.enum, after.enum];
  if (Array.isArray(fewer)) {
    const gone = Array.isArray(values)
      ? values.filter((value) => !fewer.includes(value))
      : ['any other value'];
    if (gone.length > 0) return `no longer takes ${gone.map(String).join(', ')}`;
  }
  const limits = [
    ['maxLength', (a: number, b: number) => b < a],
    ['maximum', (a: number, b: number) => b < a],
    ['minLength', (a: number, b: number) => b > a],
    ['minimum', (a: number, b: number) => b > a],
  ] as const;
  for (const [name, isNarrower] of limits) {
    const [a, b] = [before[name], after[name]];
    if (typeof b === 'number' && (typeof a !== 'number' || isNarrower(a, b)) && b !== a)
      return `has ${name} ${b} in place of ${a ?? 'none'}`;
  }
  return undefined;
}

function argumentChanges(name: string, before: Schema, after: Schema): readonly SurfaceChange[] {
  const [old, now] = [propertiesOf(before), propertiesOf(after)];
  const [wasRequired, isRequired] = [strings(before.required), strings(after.required)];
  const added = Object.keys(now).filter((argument) => !(argument in old));
  const removed = Object.keys(old).filter((argument) => !(argument in now));
  const kept = Object.keys(old).filter((argument) => argument in now);
  return [
    ...removed.map((argument) => ({ what: `${name}: the argument ${argument} is gone`, breaks: true })),
    ...added.map((argument) => ({
      what: `${name}: the argument ${argument} is new${isRequired.includes(argument) ? ', and required' : ''}`,
      breaks: isRequired.includes(argument),
    })),
    ...kept.flatMap((argument) => {
      const narrower = narrowing(old[argument] ?? {}, now[argument] ?? {});
      const becameRequired = isRequired.includes(argument) && !wasRequired.includes(argument);
      return [
        ...(narrower === undefined
          ? []
          : [{ what: `${name}: the argument ${argument} ${narrower}`, breaks: true }]),
        ...(becameRequired
          ? [{ what: `${name}: the argument ${argument} is required now`, breaks: true }]
          : []),
      ];
    }),
  ];
}

function toolChanges(before: SurfaceTool, after: SurfaceTool): readonly SurfaceChange[] {
  const { name } = before;
  const asked = after.scopes.filter((scope) => !before.scopes.includes(scope));
  const dropped = before.scopes.filter((scope) => !after.scopes.includes(scope));
  const hints = hintNames.filter((hint) => before.hints[hint] !== after.hints[hint]);
  const isHarsher = before.hints.readOnlyHint === true && after.hints.readOnlyHint !== true;
  const texts = (['title', 'description'] as const).filter((field) => before[field] !== after[field]);
  return [
    ...argumentChanges(name, before.inputSchema, after.inputSchema),
    ...asked.map((scope) => ({ what: `${name} needs the scope ${scope} now`, breaks: true })),
    ...dropped.map((scope) => ({ what: `${name} no longer needs the scope ${scope}`, breaks: false })),
    ...hints.map((hint) => ({
      what: `${name}: ${hint} is ${String(after.hints[hint] ?? 'not set')} in place of ${String(before.hints[hint] ?? 'not set')}`,
      breaks: isHarsher && hint === 'readOnlyHint',
    })),
    ...texts.map((field) => ({ what: `${name} has another ${field}`, breaks: false })),
  ];
}

/** @returns what has changed, and which of it breaks clients that know the old tools. */
export function surfaceChanges(
  before: readonly SurfaceTool[],
  after: readonly SurfaceTool[],
): readonly SurfaceChange[] {
  const find = (tools: readonly SurfaceTool[], name: string) => tools.find((tool) => tool.name === name);
  return [
    ...before
      .filter(({ name }) => !find(after, name))
      .map(({ name }) => ({ what: `${name} is gone`, breaks: true })),
    ...after
      .filter(({ name }) => !find(before, name))
      .map(({ name }) => ({ what: `${name} is new`, breaks: false })),
    ...before.flatMap((tool) => {
      const now = find(after, tool.name);
      return now === undefined ? [] : toolChanges(tool, now);
    }),
  ];
}
