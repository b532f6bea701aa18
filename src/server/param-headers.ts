// Arguments that clients of 2026-07-28 repeat in headers (`x-mcp-header` in the input schema), so that proxies can route by them.
import type { IncomingHttpHeaders } from 'node:http';

/** One argument with its header. */
export interface ParamHeader {
  readonly path: readonly string[];
  readonly header: string;
}

interface Schema {
  readonly type?: unknown;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly 'x-mcp-header'?: unknown;
}

/** What a header may be called (RFC 9110, section 5.1). */
const token = /^[\w!#$%&'*+\-.^`|~]+$/;
const base64 = /^(?:[A-Za-z\d+/]{4})*(?:[A-Za-z\d+/]{2}==|[A-Za-z\d+/]{3}=)?$/;

/**
 * @param schema the input schema of a tool, as it is listed.
 * @returns the headers that it declares; nothing if there are none.
 * @throws TypeError where clients would leave the tool out: MCP 2026-07-28, Streamable HTTP, "Schema Extension".
 */
export function paramHeadersOf(tool: string, schema: object): readonly ParamHeader[] | undefined {
  const said = JSON.stringify(schema).split('"x-mcp-header":').length - 1;
  if (said === 0) return undefined;
  const found = [...headersIn(schema as Schema, [])];
  const wrong = (what: string) => new TypeError(`x-mcp-header of ${tool}: ${what}`);
  if (found.length < said) throw wrong('only a property of the input, or of an object in it, can have one');
  for (const { schema: property, header } of found) {
    if (!token.test(header)) throw wrong(`\`${header}\` is not the name of a header`);
    if (!['string', 'integer', 'boolean'].includes(String(property.type)))
      throw wrong(`${header} is for text, whole numbers, and yes or no`);
  }
  const names = new Set(found.map(({ header }) => header.toLowerCase()));
  if (names.size < found.length) throw wrong('two properties have the same one');
  return found.map(({ path, header }) => ({ path, header: `mcp-param-${header.toLowerCase()}` }));
}

function* headersIn(
  { properties = {} }: Schema,
  above: readonly string[],
): Generator<{ path: readonly string[]; header: string; schema: Schema }> {
  for (const [name, schema] of Object.entries(properties)) {
    const path = [...above, name];
    const header = schema['x-mcp-header'];
    if (header !== undefined) yield { path, header: String(header), schema };
    yield* headersIn(schema, path);
  }
}

/**
 * Holds the arguments of a call against its headers.
 * @returns what does not fit, in a sentence that repeats neither; nothing if all fits.
 */
export function mismatchOf(
  declared: readonly ParamHeader[],
  args: unknown,
  headers: IncomingHttpHeaders,
): string | undefined {
  for (const { path, header } of declared) {
    const value = path.reduce<unknown>(
      (node, name) => (node as Record<string, unknown> | null | undefined)?.[name],
      args,
    );
    const problem = compare(value, headers[header]?.toString());
    if (problem !== undefined) return `The header ${header} ${problem.replace('…', path.join('.'))}`;
  }
  return undefined;
}

/** @returns what is wrong with a header, as the end of a sentence in which `…` stands for the argument. */
function compare(value: unknown, sent: string | undefined): string | undefined {
  // Without a value, a client leaves the header out, and a proxy that goes by it would have gone by something else.
  if (value === undefined || value === null) return sent === undefined ? undefined : 'is there, and … is not';
  // An argument of a wrong type is refused by the tool's own schema.
  if (!['string', 'number', 'boolean'].includes(typeof value)) return undefined;
  if (sent === undefined) return 'is missing: … has a value';
  if (!isVisible(sent)) return 'has characters that no header may have';
  const text = decoded(sent);
  if (text === undefined) return 'is not base64, as it says';
  const fits =
    typeof value === 'number' ? Number(text) === value && text.trim() !== '' : text === String(value);
  return fits ? undefined : 'does not say what … does';
}

/** @returns whether a header's value has only characters that MCP allows there: what is visible in ASCII, spaces and tabs. */
export function isVisible(value: string): boolean {
  return /^[\t\x20-\x7e]*$/.test(value);
}

/** Text that a header cannot carry comes as `=?base64?…?=`. @returns nothing if that is none. */
function decoded(text: string): string | undefined {
  const [, encoded] = /^=\?base64\?(.*)\?=$/.exec(text) ?? [];
  if (encoded === undefined) return text;
  if (!base64.test(encoded)) return undefined;
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(encoded, 'base64'));
  } catch {
    return undefined;
  }
}
