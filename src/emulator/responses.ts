import type { ServerResponse } from 'node:http';

const everywhere = { 'x-content-type-options': 'nosniff' } as const;

/** Sends a JSON response. */
export function sendJson(response: ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, {
    ...everywhere,
    'content-type': 'application/json',
    'cache-control': 'no-store',
  });
  response.end(JSON.stringify(value));
}

/** Sends a page. */
export function sendHtml(
  response: ServerResponse,
  status: number,
  html: string,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(status, { ...everywhere, 'content-type': 'text/html; charset=utf-8', ...headers });
  response.end(html);
}

/** Sends an error in the form of RFC 6749, section 5.2. */
export function sendError(
  response: ServerResponse,
  status: number,
  error: string,
  description: string,
): void {
  sendJson(response, status, { error, error_description: description });
}
