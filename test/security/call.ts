import { envelope, toolCall } from '../support/messages.ts';

/** A tool call as a well-behaved client makes it, and its outcome. */
export interface Called {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The tool's `structuredContent`. */
  readonly result: Record<string, unknown> | undefined;
  readonly isError: boolean;
}

interface Message {
  readonly result?: { readonly structuredContent?: Record<string, unknown>; readonly isError?: boolean };
}

/** Calls a tool of the MCP endpoint; without a token if that is undefined. */
export async function callTool(
  endpoint: string,
  token: string | undefined,
  name: string,
  args: Readonly<Record<string, unknown>> = {},
  init: RequestInit = {},
): Promise<Called> {
  const response = await fetch(endpoint, {
    method: 'POST',
    headers: {
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      'mcp-protocol-version': '2025-06-18',
    },
    body: JSON.stringify(toolCall(name, args)),
    ...init,
  });
  const text = await response.text();
  const message: Message = text.startsWith('{') ? (JSON.parse(text) as Message) : {};
  return {
    status: response.status,
    headers: response.headers,
    text,
    result: message.result?.structuredContent,
    isError: message.result?.isError === true,
  };
}

/**
 * Asks for a stream of notifications, as clients of 2026-07-28 do.
 * @param notifications which ones, as the request names them.
 */
export function listen(
  endpoint: string,
  token: string,
  notifications: Readonly<Record<string, unknown>>,
  init: RequestInit = {},
): Promise<Response> {
  return fetch(endpoint, {
    ...init,
    method: 'POST',
    headers: {
      authorization: `Bearer ${token}`,
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      'mcp-protocol-version': '2026-07-28',
      'mcp-method': 'subscriptions/listen',
    },
    body: JSON.stringify({
      jsonrpc: '2.0',
      id: 1,
      method: 'subscriptions/listen',
      params: {
        notifications,
        _meta: envelope,
      },
    }),
  });
}
