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
export function headerMismatch(
  declared: readonly ParamHeader[],
  args: unknown,
  headers: IncomingHttpHeaders,
): string | undefined {
  for (const { path, header } of declared) {
    const value = path.reduce<unknown>(
      (node, name) => (node as Record<string, unknown> | null)?.[name],
      args,
    );
    // Without a value there is nothing that a header has to repeat.
    if (!['string', 'number', 'boolean'].includes(typeof value)) continue;
    const sent = headers[header];
    if (sent === undefined) return `The header ${header} is missing: ${path.join('.')} has a value`;
    const text = decoded(String(sent));
    if (text === undefined) return `The header ${header} is not base64, as it says`;
    const fits =
      typeof value === 'number' ? Number(text) === value && text.trim() !== '' : text === String(value);
    if (!fits) return `The header ${header} does not say what ${path.join('.')} does`;
  }
  return undefined;
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
