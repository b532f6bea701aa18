// Where a list goes on: what clients send back as they got it, and what no list has given is refused.
import { ProtocolError, ProtocolErrorCode } from '@modelcontextprotocol/server';

/** Which templates have more to list, and from where, in the words of each. */
export type Places = ReadonlyMap<string, string>;

/** @returns what clients take as one word; undefined on the last page. */
export function cursorOf(places: Places): string | undefined {
  if (places.size === 0) return undefined;
  return Buffer.from(JSON.stringify([...places])).toString('base64url');
}

/**
 * Reads what a client sends back. It may be forged: it says from where a list goes on, and never whose it is.
 * @param known the names of all templates.
 * @throws ProtocolError -32602 for what is none of ours (MCP specification, pagination, "Error Handling").
 */
export function placesIn(cursor: string, known: ReadonlySet<string>): Places {
  const places = pairsIn(cursor);
  const isOurs = places?.every(([name, place]) => known.has(name) && typeof place === 'string');
  if (places === undefined || places.length === 0 || !isOurs) throw invalidCursor();
  return new Map(places);
}

function pairsIn(cursor: string): Array<[string, string]> | undefined {
  try {
    const pairs: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString());
    const isList = Array.isArray(pairs) && pairs.every((pair) => Array.isArray(pair) && pair.length === 2);
    return isList ? (pairs as Array<[string, string]>) : undefined;
  } catch {
    return undefined;
  }
}

/** For lists of one page, which give no cursor. */
export function refuseCursor(params: { readonly cursor?: string | undefined } | undefined): void {
  if (params?.cursor !== undefined) throw invalidCursor();
}

function invalidCursor(): ProtocolError {
  return new ProtocolError(
    ProtocolErrorCode.InvalidParams,
    'This cursor is not the nextCursor of a page. List without one to begin anew.',
  );
}
