import { printable } from '../../scalekit/index.ts';
import { UsageError } from '../../terminal/errors.ts';

/** The part of a tool's input schema (JSON Schema) that is looked at before a call; the server looks at all of it. */
interface Property {
  readonly type?: unknown;
  readonly enum?: readonly unknown[];
}

interface Schema {
  readonly properties?: Readonly<Record<string, Property>>;
  readonly required?: readonly string[];
}

export type Arguments = Readonly<Record<string, unknown>>;

function usage(message: string): UsageError {
  return new UsageError(message, { code: 'call/arguments', next: 'scalekit-mcp list' });
}

function typesOf({ type }: Property): readonly unknown[] {
  return type === undefined ? [] : Array.isArray(type) ? type : [type];
}

/** @returns what `name=value` means: text where the schema wants text, JSON where it is any, and else text. */
function meaningOf(text: string, property: Property | undefined): unknown {
  const types = property === undefined ? [] : typesOf(property);
  if (types.includes('string')) return text;
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
  return Object.fromEntries(
    words.map((word) => {
      const equals = word.indexOf('=');
      if (equals < 1) throw usage(`This is neither name=value nor a JSON object: ${printable(word)}`);
      const name = word.slice(0, equals);
      return [name, meaningOf(word.slice(equals + 1), schema.properties?.[name])];
    }),
  );
}

/** JSON Schema's name of a value's type. */
function hasType(value: unknown, type: unknown): boolean {
  if (type === 'integer') return Number.isInteger(value);
  if (type === 'array') return Array.isArray(value);
  if (type === 'null') return value === null;
  if (type === 'object') return typeof value === 'object' && value !== null && !Array.isArray(value);
  return typeof value === type;
}

function problemWith(name: string, value: unknown, property: Property): string | undefined {
  const types = typesOf(property);
  const shown = printable(JSON.stringify(value) ?? '');
  if (types.length > 0 && !types.some((type) => hasType(value, type)))
    return `${name} is ${shown}, expected ${types.join(' or ')}`;
  if (property.enum !== undefined && !property.enum.includes(value))
    return `${name} is ${shown}, expected ${property.enum.map((each) => JSON.stringify(each)).join(' or ')}`;
  return undefined;
}

/**
 * @param words what stands behind the tool's name: one JSON object, or `name=value` each.
 * @returns the arguments of a call.
 * @throws UsageError naming what the tool's schema would refuse: an unknown name, a missing one, another type.
 */
export function argumentsOf(words: readonly string[], schema: Schema, tool: string): Arguments {
  const given = parse(words, schema);
  const known = schema.properties ?? {};
  const unknown = Object.keys(given).filter((name) => !(name in known));
  const missing = (schema.required ?? []).filter((name) => !(name in given));
  const wrong = Object.entries(given).flatMap(([name, value]) => {
    const property = known[name];
    return (property === undefined ? undefined : problemWith(name, value, property)) ?? [];
  });
  const problems = [
    ...unknown.map(
      (name) => `${printable(name)} is no argument, expected ${Object.keys(known).join(', ') || 'none'}`,
    ),
    ...missing.map((name) => `${name} is missing`),
    ...wrong,
  ];
  if (problems.length > 0) throw usage(`${tool}: ${problems.join('; ')}`);
  return given;
}
