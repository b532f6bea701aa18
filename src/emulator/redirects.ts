import { isLoopback } from '../scalekit/index.ts';

/** Schemes that a browser acts on itself: no application registers them for its answers. */
const forBrowsers: ReadonlySet<string> = new Set([
  ...['javascript:', 'data:', 'vbscript:', 'file:', 'filesystem:', 'blob:', 'about:', 'view-source:'],
  ...['ftp:', 'ws:', 'wss:', 'mailto:', 'chrome:'],
]);

/** More than any client has. */
const most = 32;

/**
 * The MCP specification (Authorization, "Communication Security") wants redirect URIs on https or on this machine; RFC 8252
 * §7.1 adds an application's own scheme, which desktop clients (`cursor://…`) register.
 * @returns what is wrong with a redirect URI, in words, or undefined.
 */
function problemWith(uri: unknown): string | undefined {
  if (typeof uri !== 'string' || !URL.canParse(uri)) return undefined;
  const url = new URL(uri);
  if (url.protocol === 'http:' && !isLoopback(url))
    return `${uri} is http, and not on this machine: use https`;
  if (forBrowsers.has(url.protocol)) return `${uri} has a scheme that no application can answer to`;
  return undefined;
}

/**
 * @param uris the `redirect_uris` of a client's metadata; what has not the right form at all is left to the library.
 * @returns what is wrong with them, in words, or undefined.
 */
export function redirectProblem(uris: unknown): string | undefined {
  if (!Array.isArray(uris)) return undefined;
  if (uris.length > most) return `${uris.length} redirect URIs are more than the ${most} that are taken`;
  return uris.map(problemWith).find((problem) => problem !== undefined);
}

/** @returns whether an answer goes to a program on this machine. */
export function isLocalRedirect(uri: string | undefined): boolean {
  if (uri === undefined || !URL.canParse(uri)) return false;
  const url = new URL(uri);
  return /^https?:$/.test(url.protocol) && isLoopback(url);
}
