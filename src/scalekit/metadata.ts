import { accept, type Checked, refuse } from './checked.ts';
import { checkResourceId } from './identifiers.ts';
import { checkScopes, openIdScopes } from './scopes.ts';
import { checkEnvironmentUrl, checkMcpUrl } from './urls.ts';

/** The values in the dashboard's "Metadata JSON". */
export interface DashboardMetadata {
  readonly environmentUrl: string;
  readonly resourceId: string;
  readonly mcpUrl: string;
  /** Undefined if the dashboard lists none. */
  readonly scopes: readonly string[] | undefined;
}

const expected =
  'the JSON of Dashboard > MCP Servers > your server > Metadata JSON, with "authorization_servers" and "resource"';

const expectedResource =
  'the Server URL as "resource"; if it is missing, enter it in Dashboard > MCP Servers > your server';

/** @returns a value as JSON, to show it; empty for undefined. */
function textOf(value: unknown): string {
  try {
    return JSON.stringify(value) ?? '';
  } catch {
    return 'JSON that is nested too deeply to show';
  }
}

/** What chats and word processors turn `"` into, and the code fences they put around a text. */
const curly = /[\u201c-\u201f\u00ab\u00bb\u2033]/g;
const fence = /^```\w*\s*\n([\s\S]*?)\n?```$/;

/** @returns the text with straight quotes, ordinary spaces and no fence. Tried when the text itself is not valid JSON. */
function straighten(text: string): string {
  const inner = fence.exec(text)?.[1] ?? text;
  return inner.replaceAll(curly, '"').replaceAll('\u00a0', ' ').trim();
}

/** What people paste by mistake that is not JSON. */
const otherTexts: ReadonlyArray<readonly [RegExp, string]> = [
  [/^eyJ[\w-]+\./, 'This is a token, not the Metadata JSON'],
  [/^https?:\/\//i, 'This is a URL, not the Metadata JSON'],
  [/^</, 'This is a web page, not the Metadata JSON'],
  [/^\s*(?:export\s+)?\w+=/, 'These are lines of an env file, not the Metadata JSON'],
];

function refuseText(text: string): Checked<never> {
  const kind = otherTexts.find(([pattern]) => pattern.test(text))?.[1] ?? 'The metadata is not JSON';
  return refuse('metadata/json', kind, text, expected);
}

function parseObject(text: string): Checked<Record<string, unknown>> {
  for (const candidate of new Set([text, straighten(text)])) {
    let value: unknown;
    try {
      value = JSON.parse(candidate);
    } catch {
      continue;
    }
    if (typeof value !== 'object' || value === null || Array.isArray(value))
      return refuse('metadata/form', 'The metadata is not a JSON object', text, expected);
    const isMended = candidate !== text && text.search(curly) >= 0;
    return accept({ ...value }, isMended ? ['Curly quotes were read as straight ones.'] : []);
  }
  return refuseText(text);
}

/** Documents that people paste by mistake, each recognised by a member that only it has. */
const otherDocuments: ReadonlyArray<readonly [member: string, name: string]> = [
  ['token_endpoint', "the authorization server's metadata"],
  ['keys', "the authorization server's keys"],
  ['mcpServers', "an MCP client's configuration"],
  ['servers', "an MCP client's configuration"],
  ['redirect_uris', "a client's registration"],
  ['access_token', 'the answer to a token request'],
];

function issuerIn({ issuer }: Readonly<Record<string, unknown>>): ReturnType<typeof parseIssuer> {
  return typeof issuer === 'string' ? parseIssuer(issuer) : undefined;
}

/** Refuses another document by name. The authorization server's own metadata has two of the four values, in its issuer. */
function refuseOtherDocument(document: Readonly<Record<string, unknown>>): Checked<never> | undefined {
  if ('authorization_servers' in document) return undefined;
  const name = otherDocuments.find(([member]) => member in document)?.[1];
  if (name === undefined) return undefined;
  // Its values may be secrets.
  const members = Object.keys(document).join(', ');
  const parts = issuerIn(document);
  const instead =
    parts === undefined
      ? expected
      : `${expected}; this document gives you --environment-url ${parts.environmentUrl} --resource-id ${parts.resourceId}`;
  return refuse('metadata/other-document', `This is ${name}, not the Metadata JSON`, members, instead);
}

/** Takes `{env}/resources/{res}` apart (docs/scalekit.md#metadata-json). */
function splitIssuer(servers: unknown): Checked<{ environmentUrl: string; resourceId: string }> {
  // RFC 9728 allows any number of authorization servers: take the first in Scalekit's form.
  const issuers = (Array.isArray(servers) ? servers : [servers]).map((server) =>
    typeof server === 'string' ? /^(.+)\/resources\/([^/]+)\/?$/.exec(server.trim()) : null,
  );
  const [, environment, resource] = issuers.find((issuer) => issuer !== null) ?? [];
  if (environment === undefined || resource === undefined) {
    return refuse(
      'metadata/issuer',
      '"authorization_servers" has no https://<environment>/resources/res_… entry',
      textOf(servers),
      expected,
    );
  }
  const environmentUrl = checkEnvironmentUrl(environment);
  if (!environmentUrl.ok) return environmentUrl;
  const resourceId = checkResourceId(resource);
  if (!resourceId.ok) return resourceId;
  return accept({ environmentUrl: environmentUrl.value, resourceId: resourceId.value }, environmentUrl.notes);
}

/** @returns the two parts of an issuer in Scalekit's form, or undefined for any other issuer. */
export function parseIssuer(
  issuer: string,
): { readonly environmentUrl: string; readonly resourceId: string } | undefined {
  const parts = splitIssuer(issuer);
  return parts.ok ? parts.value : undefined;
}

function readScopes(value: unknown): Checked<readonly string[] | undefined> {
  // Some encoders write a missing list as `null`.
  const list = value ?? [];
  if (!Array.isArray(list) || !list.every((scope) => typeof scope === 'string'))
    return refuse('metadata/scopes', '"scopes_supported" is not a list of names', textOf(value), expected);
  const own = list.filter((scope) => !openIdScopes.has(scope));
  return own.length === 0 ? accept(undefined) : checkScopes(own);
}

/**
 * Reads the dashboard's "Metadata JSON": environment URL, resource id, server URL and scopes at once.
 * @param text the JSON as pasted.
 * @returns the four values, each checked by its own rule; corrections are notes. The last of two equal keys counts, as in any JSON.
 */
export function parseDashboardMetadata(text: string): Checked<DashboardMetadata> {
  const parsed = parseObject(text.trim());
  if (!parsed.ok) return parsed;
  const other = refuseOtherDocument(parsed.value);
  if (other !== undefined) return other;
  const issuer = splitIssuer(parsed.value.authorization_servers);
  if (!issuer.ok) return issuer;
  const resource = parsed.value.resource;
  if (typeof resource !== 'string')
    return refuse('metadata/resource', '"resource" is missing', textOf(resource), expectedResource);
  const mcpUrl = checkMcpUrl(resource);
  if (!mcpUrl.ok) return mcpUrl;
  const scopes = readScopes(parsed.value.scopes_supported);
  if (!scopes.ok) return scopes;
  return accept({ ...issuer.value, mcpUrl: mcpUrl.value, scopes: scopes.value }, [
    ...parsed.notes,
    ...issuer.notes,
    ...mcpUrl.notes,
    ...scopes.notes,
  ]);
}

/**
 * Reads the authorization server's own metadata (RFC 8414), which people paste instead of the Metadata JSON.
 * @returns the two values in its issuer, or undefined if the text is something else.
 */
export function parseAuthorizationServer(text: string): ReturnType<typeof parseIssuer> {
  const parsed = parseObject(text.trim());
  return parsed.ok && !('authorization_servers' in parsed.value) ? issuerIn(parsed.value) : undefined;
}
