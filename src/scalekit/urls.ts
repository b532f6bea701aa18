import { accept, type Checked, printable, refuse } from './checked.ts';
import { kindOfIdentifier } from './identifiers.ts';
import { isPlaceholder } from './variables.ts';

/** The rule for MCP_URL in words, for help, prompts and documentation. */
const mcpUrlRule =
  'an absolute http(s) URL with a trailing slash, without /mcp, query or fragment; https unless the host is this machine';

/** The rule for the environment URL in words. */
const environmentUrlRule =
  'https://<name>.scalekit.dev, .scalekit.cloud, .scalekit.com or your own domain, without a path';

/** Where Scalekit hosts environments; anything else is a custom domain. */
const scalekitHost = /(?:^|\.)scalekit\.(?:com|cloud|dev)$/;

/** Scalekit's own sites and regions, which people paste instead of their environment's URL. */
const notAnEnvironment = /^(?:(?:app|dashboard|www|docs|api)\.)?(?:eu\.)?scalekit\.(?:com|cloud|dev)$/;

/** Longer than any URL that a browser or a proxy takes in practice, in characters. */
const longestUrl = 2048;

/**
 * Whether a text parses as a URL. Use it instead of `URL.canParse`, which on Node 20 and 22 calls URLs with letters beyond
 * ASCII invalid once V8 has optimised it, after some 2,000 calls.
 * @param base what a relative reference is resolved against.
 */
export function isUrl(text: string, base?: string): boolean {
  try {
    return new URL(text, base).href !== '';
  } catch {
    return false;
  }
}

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

/** Other names for this machine in the hosts files of common systems and container engines. */
const localName =
  /^(?:localhost[46]?(?:\.localdomain[46]?)?|ip6-(?:localhost|loopback)|(?:host|gateway|kubernetes)\.docker\.internal|host\.(?:containers|lima)\.internal)$/;

/**
 * IPv4 addresses within IPv6 ones, as the URL parser writes them: 127.0.0.0/8 and 0.0.0.0, mapped (RFC 4291 §2.5.5.2), in
 * the older, compatible form (§2.5.5.1), translated (RFC 2765 §2.1) and with the NAT64 prefix (RFC 6052 §2.1).
 */
const mappedLoopback = /^\[(?:::(?:ffff:(?:0:)?)?|64:ff9b::)(?:7f[\da-f]{2}:[\da-f]{1,4}|0:0)\]$/;

/**
 * Whether a URL leads to this machine in any spelling: for guards, which no spelling may get around. To decide what may be
 * called, use `isLoopback`, which accepts only the spellings that every program resolves to this machine.
 */
export function isThisMachine(url: URL): boolean {
  const host = url.hostname.replace(/\.$/, '');
  return (
    isLoopback(new URL(`http://${host}`)) ||
    host.endsWith('.localhost') ||
    localName.test(host) ||
    host === '0.0.0.0' ||
    host === '[::]' ||
    mappedLoopback.test(host)
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

/** Refuses a value under a rule: `part` names what broke it, `reason` continues the sentence after the value's name. */
function refuseUrl(rule: UrlRule, part: string, reason: string, input: string, expected = rule.expected) {
  return refuse(`${rule.code}/${part}`, `${rule.name} ${reason}`, input, expected);
}

/** Characters that the URL parser silently drops or turns into `/`, so that a person sees another URL than a program. */
const misread = /[\s\p{Cc}\p{Cf}\\]/u;

/** Parses an absolute URL, or says why the text is not one. */
function parseUrl(rule: UrlRule, input: string): Checked<URL> {
  if (input === '') return refuseUrl(rule, 'empty', 'is empty', input);
  const kind = kindOfIdentifier(input);
  if (kind) return refuseUrl(rule, 'identifier', `is set to ${kind}, not a URL`, input);
  if (input.length > longestUrl) return refuseUrl(rule, 'length', `has ${input.length} characters`, input);
  const wrong = misread.exec(input)?.[0];
  if (wrong !== undefined)
    return refuseUrl(
      rule,
      'characters',
      `contains ${wrong === ' ' ? 'a space' : `"${printable(wrong)}"`}`,
      input,
    );
  // `localhost:3002/` parses, as a URL with the scheme `localhost:`.
  const hasScheme = /^[a-z][a-z\d+.-]*:\/\//i.test(input);
  if (hasScheme && isUrl(input)) return accept(new URL(input));
  if (/^(?:[\w-]+(?:\.[\w-]+)+|localhost)(?:[:/]|$)/i.test(input))
    return refuseUrl(rule, 'no-scheme', 'has no scheme (http:// or https://)', input);
  const port = /^[^/]*\/\/[^/?#]*:(\d+)(?:[/?#]|$)/.exec(input)?.[1];
  if (hasScheme && Number(port) > 65_535)
    return refuseUrl(rule, 'port', `has the port ${printable(port ?? '')}`, input);
  return refuseUrl(rule, 'not-a-url', 'is not an absolute URL', input);
}

/** Refuses hosts that parse but cannot be reached: patterns and variables (`*.scalekit.com`), `0.0.0.0`, a trailing dot. */
function checkHost(rule: UrlRule, url: URL, input: string): Checked<URL> {
  const { hostname } = url;
  if (hostname === '0.0.0.0' || hostname === '[::]')
    return refuseUrl(
      rule,
      'host',
      `names ${hostname}, where a server can listen but no client can connect`,
      input,
      'localhost',
    );
  const labels = hostname.startsWith('[') ? [] : hostname.split('.');
  const isHost = hostname.length <= 253 && labels.every((label) => /^[a-z\d_-]{1,63}$/.test(label));
  return isHost ? accept(url) : refuseUrl(rule, 'host', `has the host ${printable(hostname)}`, input);
}

/** Refuses what no Scalekit or MCP URL may have: another scheme, user name and password, query, fragment, http to another machine. */
function parseHttpUrl(rule: UrlRule, text: string): Checked<URL> {
  const input = text.trim();
  const parsed = parseUrl(rule, input);
  if (!parsed.ok) return parsed;
  const url = parsed.value;
  if (url.protocol !== 'https:' && url.protocol !== 'http:')
    return refuseUrl(rule, 'scheme', `has the scheme ${printable(url.protocol)}//`, input);
  if (url.username !== '' || url.password !== '')
    return refuseUrl(rule, 'credentials', 'contains a user name or password', input);
  // A bare `?` or `#` leaves search and hash empty, but strict clients still see a query or a fragment.
  if (input.includes('?')) return refuseUrl(rule, 'query', 'has a query', input);
  if (input.includes('#')) return refuseUrl(rule, 'fragment', 'has a fragment', input);
  if (url.port === '0') return refuseUrl(rule, 'port', 'has the port 0', input);
  const host = checkHost(rule, url, input);
  if (host.ok && url.protocol === 'http:' && !isLoopback(url))
    return refuseUrl(rule, 'http', `is http, but ${printable(url.host)} is not this machine`, input);
  return host;
}

/**
 * Checks `SCALEKIT_ENVIRONMENT_URL` (docs/scalekit.md#identifiers-and-hosts).
 * @param text what the person wrote.
 * @returns the origin, without a trailing slash; a note if it was written differently (capitals, default port).
 */
export function checkEnvironmentUrl(text: string): Checked<string> {
  const input = text.trim();
  const parsed = parseHttpUrl(environmentUrl, input);
  if (!parsed.ok) return parsed;
  const { hostname, pathname, origin } = parsed.value;
  if (notAnEnvironment.test(hostname)) {
    return refuse(
      'environment-url/dashboard',
      "This is Scalekit's own site, not your environment",
      input,
      environmentUrlRule,
    );
  }
  if (scalekitHost.test(hostname) && isPlaceholder(hostname))
    return refuseUrl(environmentUrl, 'placeholder', 'is still a placeholder', input);
  if (pathname !== '/')
    return refuseUrl(
      environmentUrl,
      'path',
      'has a path',
      input,
      `${origin} (without ${printable(pathname)})`,
    );
  const asWritten = input.replace(/\/$/, '');
  return accept(origin, origin === asWritten ? [] : [`The environment URL was read as ${origin}`]);
}

/** Corrects the path of an MCP_URL in place. @returns a sentence for each correction. */
function correctPath(url: URL, input: string): readonly string[] {
  if (/\/mcp\/*$/i.test(url.pathname)) {
    url.pathname = url.pathname.replace(/(?:\/mcp\/*)+$/i, '/');
    return [
      `/mcp was removed from MCP_URL: it is the base URL ${url.href}, and the server adds /mcp itself.`,
    ];
  }
  if (!url.pathname.endsWith('/')) url.pathname += '/';
  if (!input.endsWith('/')) return [`A trailing slash was added to MCP_URL: ${url.href}`];
  return url.href === input ? [] : [`MCP_URL was read as ${url.href}`];
}

/**
 * Checks `MCP_URL`, the public base URL of the server (docs/scalekit.md#the-trailing-slash).
 * A missing trailing slash and a trailing `/mcp` are corrected; each correction is a note.
 * @returns the URL with its trailing slash.
 */
export function checkMcpUrl(text: string): Checked<string> {
  const input = text.trim();
  const parsed = parseHttpUrl(mcpUrl, input);
  if (!parsed.ok) return parsed;
  const url = parsed.value;
  const notes = correctPath(url, input);
  // Encoded, doubled and dotted segments: clients, proxies and servers disagree on which path they mean.
  if (!/^\/(?:[\w~-][\w.~-]*\/)*$/.test(url.pathname)) {
    return refuseUrl(
      mcpUrl,
      'path',
      `has the path ${printable(url.pathname)}`,
      input,
      'no path, or one of letters, digits, - . _ and ~ without empty or dotted parts',
    );
  }
  return accept(url.href, notes);
}

const internalUrl: UrlRule = {
  code: 'internal-url',
  name: 'The internal URL',
  expected: 'http(s)://host:port without a path, where the local Scalekit answers inside a container network',
};

/**
 * Checks `SCALEKIT_INTERNAL_URL`: where keys and metadata are fetched when the environment URL leads somewhere else from
 * inside a container. Any host is allowed, also over http.
 * @returns the origin, without a trailing slash.
 */
export function checkInternalUrl(text: string): Checked<string> {
  const input = text.trim();
  const parsed = parseUrl(internalUrl, input);
  if (!parsed.ok) return parsed;
  const { protocol, origin, href } = parsed.value;
  if (protocol !== 'https:' && protocol !== 'http:')
    return refuseUrl(internalUrl, 'scheme', `has the scheme ${printable(protocol)}//`, input);
  if (href !== `${origin}/`)
    return refuseUrl(internalUrl, 'path', 'has more than scheme, host and port', input);
  return accept(origin);
}

const resourceMetadataUrl: UrlRule = {
  code: 'resource-metadata-url',
  name: 'The metadata URL',
  expected:
    'an absolute URL of the metadata document (RFC 9728); https unless the host is this machine, without query or fragment',
};

/** Checks `RESOURCE_METADATA_URL`: the address of the metadata that challenges name. */
export function checkResourceMetadataUrl(text: string): Checked<string> {
  const parsed = parseHttpUrl(resourceMetadataUrl, text);
  return parsed.ok ? accept(parsed.value.href) : parsed;
}

/** @returns the port of a URL, or its scheme's default. */
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
