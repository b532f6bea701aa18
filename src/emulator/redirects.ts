import { isLoopback, isUrl } from '../scalekit/index.ts';

/** Schemes that a browser handles itself: no application can receive a redirect with them. */
const forBrowsers: ReadonlySet<string> = new Set([
  ...['javascript:', 'data:', 'vbscript:', 'file:', 'filesystem:', 'blob:', 'about:', 'view-source:'],
  ...['ftp:', 'ws:', 'wss:', 'mailto:', 'chrome:'],
]);

/** More redirect URIs than any client has. */
const most = 32;

/**
 * The MCP specification (Authorization, "Communication Security") requires redirect URIs on https or on this machine;
 * RFC 8252 §7.1 adds private-use schemes, which desktop clients (`cursor://…`) register.
 * @returns what is wrong with a redirect URI, in words, or undefined.
 */
function problemWith(uri: unknown): string | undefined {
  if (typeof uri !== 'string' || !isUrl(uri)) return undefined;
  const url = new URL(uri);
  if (url.protocol === 'http:' && !isLoopback(url))
    return `${uri} is http but not on this machine: use https`;
  if (forBrowsers.has(url.protocol)) return `${uri} has a scheme that no application can receive`;
  return undefined;
}

/**
 * @param uris the `redirect_uris` of a client's metadata; the library reports malformed ones.
 * @returns what is wrong with them, in words, or undefined.
 */
export function redirectProblem(uris: unknown): string | undefined {
  if (!Array.isArray(uris)) return undefined;
  if (uris.length > most) return `${uris.length} redirect URIs are more than the ${most} allowed`;
  return uris.map(problemWith).find((problem) => problem !== undefined);
}

/** @returns whether a redirect leads to a program on this machine. */
export function isLocalRedirect(uri: string | undefined): boolean {
  if (uri === undefined || !isUrl(uri)) return false;
  const url = new URL(uri);
  return /^https?:$/.test(url.protocol) && isLoopback(url);
}
