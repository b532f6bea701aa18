import { accept, type Checked, refuse } from './checked.ts';
import { kindOfIdentifier } from './identifiers.ts';

/** The server's URL rule in words, as the help, the prompts and the documentation say it. */
export const mcpUrlRule =
  'an absolute http(s) URL with a trailing slash, without /mcp, query or fragment; https unless the host is this machine';

/** The environment URL's rule in words. */
export const environmentUrlRule =
  'https://<name>.scalekit.dev, .scalekit.cloud, .scalekit.com or your own domain, without a path';

/** Scalekit's own sites, which people paste instead of their environment's URL. */
const notAnEnvironment = /^(?:app|dashboard|www|docs|api)?\.?scalekit\.(?:com|cloud|dev)$/;

/** @returns whether a URL's host is this machine: `localhost`, `*.localhost`, 127.0.0.0/8 or `[::1]`. */
export function isLoopback(url: URL): boolean {
  const host = url.hostname;
  return (
    host === 'localhost' ||
    host.endsWith('.localhost') ||
    host === '[::1]' ||
    /^127(?:\.\d{1,3}){3}$/.test(host)
  );
}

interface UrlRule {
  readonly code: string;
  readonly name: string;
  readonly expected: string;
}

const environmentUrl: UrlRule = {
  code: 'environment-url',
  name: 'The environment URL',
  expected: environmentUrlRule,
};
const mcpUrl: UrlRule = { code: 'mcp-url', name: 'MCP_URL', expected: mcpUrlRule };

/** Parses an absolute URL, and says why where there is none. */
function parseUrl(rule: UrlRule, input: string): Checked<URL> {
  if (input === '') return refuse(`${rule.code}/empty`, `${rule.name} is empty`, input, rule.expected);
  const kind = kindOfIdentifier(input);
  if (kind)
    return refuse(`${rule.code}/identifier`, `${rule.name} holds ${kind}, not a URL`, input, rule.expected);
  // `localhost:3002/` parses, as a URL with the scheme `localhost:`.
  if (/^[a-z][a-z\d+.-]*:\/\//i.test(input) && URL.canParse(input)) return accept(new URL(input));
  if (/^(?:[\w-]+(?:\.[\w-]+)+|localhost)(?:[:/]|$)/.test(input)) {
    return refuse(
      `${rule.code}/no-scheme`,
      `${rule.name} has no scheme (http:// or https://)`,
      input,
      rule.expected,
    );
  }
  return refuse(`${rule.code}/not-a-url`, `${rule.name} is not an absolute URL`, input, rule.expected);
}

/** Refuses what no Scalekit or MCP URL may have: another scheme, user name and password, query, fragment, http to the world. */
function parseHttpUrl(rule: UrlRule, text: string): Checked<URL> {
  const input = text.trim();
  const parsed = parseUrl(rule, input);
  if (!parsed.ok) return parsed;
  const url = parsed.value;
  const no = (part: string, reason: string, shown = input) =>
    refuse(`${rule.code}/${part}`, `${rule.name} ${reason}`, shown, rule.expected);
  if (url.protocol !== 'https:' && url.protocol !== 'http:')
    return no('scheme', `has the scheme ${url.protocol}//`);
  if (url.username !== '' || url.password !== '') {
    return no(
      'credentials',
      'holds a user name or password',
      `${url.protocol}//…@${url.host}${url.pathname}`,
    );
  }
  // A bare `?` or `#` leaves search and hash empty, and still is a query or a fragment to strict clients.
  if (input.includes('?')) return no('query', 'has a query');
  if (input.includes('#')) return no('fragment', 'has a fragment');
  if (url.protocol === 'http:' && !isLoopback(url))
    return no('http', `is http, but ${url.host} is not this machine`);
  return parsed;
}

/**
 * Checks `SCALEKIT_ENVIRONMENT_URL` (facts: Scalekit, identifiers and hosts).
 * @param text what the person wrote.
 * @returns the origin, without a trailing slash.
 */
export function checkEnvironmentUrl(text: string): Checked<string> {
  const parsed = parseHttpUrl(environmentUrl, text);
  if (!parsed.ok) return parsed;
  const url = parsed.value;
  if (notAnEnvironment.test(url.hostname)) {
    return refuse(
      'environment-url/dashboard',
      "This is Scalekit's own site, not your environment",
      text,
      environmentUrlRule,
    );
  }
  if (url.pathname !== '/') {
    return refuse(
      'environment-url/path',
      'The environment URL has a path',
      text,
      `${url.origin} (without ${url.pathname})`,
    );
  }
  return accept(url.origin);
}

/**
 * Checks `MCP_URL`, the public base URL of the server (facts: Scalekit, "Where the trailing slash comes from").
 * A missing trailing slash and a trailing `/mcp` are corrected; each correction is a note.
 * @returns the URL with its trailing slash.
 */
export function checkMcpUrl(text: string): Checked<string> {
  const parsed = parseHttpUrl(mcpUrl, text);
  if (!parsed.ok) return parsed;
  const url = parsed.value;
  const notes: string[] = [];
  if (/\/mcp\/*$/.test(url.pathname)) {
    url.pathname = url.pathname.replace(/(?:\/mcp\/*)+$/, '/');
    notes.push(
      `/mcp was taken off MCP_URL: it is the base URL ${url.href}, and the server adds /mcp itself.`,
    );
  } else if (!text.trim().endsWith('/')) {
    if (!url.pathname.endsWith('/')) url.pathname += '/';
    notes.push(`MCP_URL was given its trailing slash: ${url.href}`);
  }
  if (url.pathname.includes('//'))
    return refuse('mcp-url/path', 'MCP_URL has an empty path segment', text, mcpUrlRule);
  return accept(url.href, notes);
}

/** @returns the port that a URL means, the scheme's default included. */
export function portOf(url: URL): number {
  return url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : Number(url.port);
}

/**
 * Checks a port number.
 * @param value a whole number or its decimal text.
 * @returns the port, 1 to 65535.
 */
export function checkPort(value: string | number): Checked<number> {
  const text = String(value).trim();
  const port = Number(text);
  return /^\d{1,5}$/.test(text) && port >= 1 && port <= 65_535
    ? accept(port)
    : refuse('port', 'This is not a port', text, 'a whole number from 1 to 65535');
}
