// One HTTP request, as a test or an attacker would send it.
import { once } from 'node:events';
import { type IncomingHttpHeaders, type IncomingMessage, request } from 'node:http';

/** A request. */
export interface Sent {
  /** Default: POST with a body, GET without. */
  readonly method?: string;
  readonly token?: string;
  readonly headers?: Readonly<Record<string, string | string[]>>;
  /** Text is sent as it is, anything else as JSON. */
  readonly body?: unknown;
}

/** What came back. */
export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  /** The parts of JSON answers that tests look at. Which of them exist depends on the answer. */
  readonly json: {
    readonly jsonrpc: string;
    readonly error: {
      readonly code: number;
      readonly message: string;
      readonly data: { readonly reason: string };
    };
    readonly result: {
      readonly tools: ReadonlyArray<{ readonly name: string }>;
      readonly isError?: boolean;
      readonly content: ReadonlyArray<{ readonly text: string }>;
      readonly structuredContent?: Readonly<Record<string, unknown>>;
      readonly contents?: ReadonlyArray<{
        readonly uri: string;
        readonly mimeType: string;
        readonly text?: string;
        readonly blob?: string;
      }>;
      readonly messages?: ReadonlyArray<{
        readonly role: string;
        readonly content: { readonly type: string; readonly text?: string };
      }>;
    };
    readonly resource: string;
    readonly authorization_servers: readonly string[];
    readonly scopes_supported: readonly string[];
  };
}

/**
 * Lists the tools: for tests in which it does not matter which message is sent.
 *
 * @example
 * const { status } = await send(server.endpoint, { token, body: listTools });
 */
export const listTools = { jsonrpc: '2.0', id: 1, method: 'tools/list' } as const;

/**
 * Sends one request with `node:http`: `fetch` would not let a test send the headers of an attacker.
 *
 * @example
 * const { status } = await send(server.endpoint, { token: 'garbage', body: listTools });
 * @throws the connection's error if there is no answer.
 */
export async function send(url: string, { method, token, headers, body }: Sent = {}): Promise<Answer> {
  const sent = request(url, {
    method: method ?? (body === undefined ? 'GET' : 'POST'),
    headers: {
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      ...headers,
    },
  });
  sent.end(typeof body === 'string' ? body : JSON.stringify(body));
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  let text = '';
  for await (const chunk of response.setEncoding('utf8')) text += chunk;
  const isJson = response.headers['content-type']?.startsWith('application/json') ?? false;
  return {
    status: response.statusCode ?? 0,
    headers: response.headers,
    text,
    json: isJson ? JSON.parse(text) : undefined,
  };
}
