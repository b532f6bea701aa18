import { printable } from '../../scalekit/index.ts';
import { closest } from '../../terminal/closest.ts';
import { UsageError } from '../../terminal/errors.ts';
import { schemaProblems } from './schema.ts';

/** The part of a tool's input schema (JSON Schema) that decides what `name=value` means. */
export interface Property {
  readonly type?: unknown;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly anyOf?: readonly Property[];
  readonly oneOf?: readonly Property[];
}

export interface Schema {
  readonly properties?: Readonly<Record<string, Property>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: unknown;
  readonly patternProperties?: unknown;
}

export type Arguments = Readonly<Record<string, unknown>>;

function usage(message: string): UsageError {
  return new UsageError(message, { code: 'call/arguments', next: 'npx scalekit-mcp list' });
}

/** @returns every type that a property may have. */
export function typesOf({
  type,
  enum: values = [],
  anyOf = [],
  oneOf = [],
  ...rest
}: Property): readonly unknown[] {
  const own = type === undefined ? [] : Array.isArray(type) ? type : [type];
  const constants = 'const' in rest ? [...values, rest.const] : values;
  return [...own, ...constants.map((value) => typeof value), ...[...anyOf, ...oneOf].flatMap(typesOf)];
}

/** @returns what `name=value` means: text if the schema wants text, otherwise JSON if it parses, otherwise text. */
function meaningOf(text: string, property: Property | undefined): unknown {
  if (property !== undefined && typesOf(property).includes('string')) return text;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function parseObject(text: string): Arguments {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value };
  } catch (error) {
    throw usage(`The arguments are not JSON: ${error instanceof Error ? printable(error.message) : ''}`);
  }
  throw usage('The arguments are not a JSON object');
}

function parse(words: readonly string[], schema: Schema): Arguments {
  const [only = ''] = words;
  if (words.length === 1 && only.trimStart().startsWith('{')) return parseObject(only);
  const given = new Map<string, unknown>();
  for (const word of words) {
    const equals = word.indexOf('=');
    if (equals < 1)
      throw usage(
        `This is neither name=value nor a JSON object: ${printable(word)}\n    a value with spaces goes in quotes: title='buy milk'`,
      );
    const name = word.slice(0, equals);
    if (given.has(name)) throw usage(`${printable(name)} is given twice`);
    given.set(name, meaningOf(word.slice(equals + 1), schema.properties?.[name]));
  }
  return Object.fromEntries(given);
}

/** Servers silently drop arguments that they do not know, so a misspelt name would look like a missing one. */
function unknownNames(given: Arguments, schema: Schema): readonly string[] {
  if (schema.additionalProperties || schema.patternProperties !== undefined) return [];
  const known = schema.properties ?? {};
  return Object.keys(given).filter((name) => !Object.hasOwn(known, name));
}

function unknownArgument(name: string, known: readonly string[], tool: string): string {
  const guess = closest(name, known);
  const meant = guess === undefined ? 'it' : `did you mean ${printable(guess)}? It`;
  const takes = known.length === 0 ? 'takes none' : `takes: ${printable(known.join(', '), 1000)}`;
  return `${printable(name)} is not an argument of ${tool}; ${meant} ${takes}`;
}

/**
 * @param words what follows the tool's name: one JSON object, or any number of `name=value`.
 * @returns the arguments of a call.
 * @throws UsageError that lists everything that the tool's schema refuses: unknown names, missing ones, wrong types.
 */
export function argumentsOf(words: readonly string[], schema: Schema, tool: string): Arguments {
  const given = parse(words, schema);
  const known = Object.keys(schema.properties ?? {});
  const unknown = unknownNames(given, schema);
  const missing = (schema.required ?? []).filter((name) => !Object.hasOwn(given, name));
  const problems = [
    ...unknown.map((name) => unknownArgument(name, known, tool)),
    ...missing.map((name) => `${tool}: ${printable(name)} is missing`),
    ...schemaProblems(given, schema).map((problem) => `${tool}: ${problem}`),
  ];
  if (problems.length > 0) throw usage(problems.join('\n    '));
  return given;
}
