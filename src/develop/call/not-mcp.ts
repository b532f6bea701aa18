import type { FetchLike } from '@modelcontextprotocol/client';
import { printable } from '../../scalekit/index.ts';
import { UserError } from '../../terminal/errors.ts';

/** An answer to a message that was no MCP server's, told in words. */

/** What was seen of the last answer to a message. */
export interface Seen {
  readonly status: number;
  readonly type: string;
  readonly location: string | undefined;
}

/**
 * @param look called with each answer to a POST.
 * @returns a fetch that follows no redirect that would turn a message into a GET (RFC 9110 §15.4.3).
 */
export function observed(send: FetchLike, look: (seen: Seen) => void): FetchLike {
  return async (url, init) => {
    if (init?.method !== 'POST') return send(url, init);
    let answer = await send(url, { ...init, redirect: 'manual' });
    if (answer.status === 307 || answer.status === 308) answer = await send(url, init);
    const { headers, status } = answer;
    const [type = ''] = (headers.get('content-type') ?? '').split(';');
    look({ status, type, location: headers.get('location') ?? undefined });
    return answer;
  };
}

/** @returns whether an address offers the stream with which the transport of 2024-11-05 begins. */
async function isOldTransport(endpoint: string, send: FetchLike): Promise<boolean> {
  try {
    const answer = await send(endpoint, { headers: { accept: 'text/event-stream' } });
    await answer.body?.cancel();
    return answer.ok && (answer.headers.get('content-type') ?? '').startsWith('text/event-stream');
  } catch {
    return false;
  }
}

/**
 * @param send asks the server once more, where the answer alone does not tell what it is.
 * @returns what is at an address in place of an MCP server; undefined if the answer may be one's.
 */
export async function notMcp(endpoint: string, seen: Seen, send: FetchLike): Promise<UserError | undefined> {
  const { status, type, location } = seen;
  const doctor = `npx scalekit-mcp doctor ${endpoint}`;
  const error = (message: string, next: string) => new UserError(message, { code: 'call/not-mcp', next });
  if (status >= 300 && status < 400)
    return error(
      `${endpoint} answers with a redirect (${status}) to ${printable(location ?? 'nowhere')}.`,
      'use that address with --url, if it is the server’s; a login page means that something stands in front of it',
    );
  const isUnfit = status === 400 || status === 404 || status === 405 || status === 406;
  if (isUnfit && (await isOldTransport(endpoint, send)))
    return error(
      `The server at ${endpoint} speaks the old transport (HTTP+SSE, 2024-11-05), which this program does not.`,
      'have it serve Streamable HTTP; in FastMCP: transport="http"',
    );
  if (status === 404 && type !== 'application/json')
    return error(`There is nothing at ${endpoint} (404): is the path right? Most servers have /mcp.`, doctor);
  if (status === 405)
    return error(`${endpoint} takes no messages (405 to a POST): it is no MCP endpoint.`, doctor);
  if (status >= 500)
    return error(
      `The server at ${endpoint} answers with ${status}.`,
      'look at its log; 502 to 504 come from a proxy that does not reach it',
    );
  if (status === 200 && type === 'text/html')
    return error(`${endpoint} answers with text/html, a page: it is no MCP server.`, doctor);
  return undefined;
}
