import type { ServerResponse } from 'node:http';

const everywhere = { 'x-content-type-options': 'nosniff' } as const;

/** Answers with JSON, and ends. */
export function sendJson(response: ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, {
    ...everywhere,
    'content-type': 'application/json',
    'cache-control': 'no-store',
  });
  response.end(JSON.stringify(value));
}

/** Answers with a page, and ends. */
export function sendHtml(
  response: ServerResponse,
  status: number,
  html: string,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(status, { ...everywhere, 'content-type': 'text/html; charset=utf-8', ...headers });
  response.end(html);
}

/** Answers as RFC 6749, section 5.2, shapes errors. */
export function sendError(
  response: ServerResponse,
  status: number,
  error: string,
  description: string,
): void {
  sendJson(response, status, { error, error_description: description });
}
