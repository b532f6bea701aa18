import { isLoopback, isUrl } from '../scalekit/index.ts';
import { type Settings, scopeNames } from './settings.ts';

// Puts requests into the form that the library expects. Each rule covers a point on which Scalekit or OAuth 2.1 is more
// liberal than the library.

/** The grant types in the metadata, which are all that a client may register. */
export const grantTypes = ['authorization_code', 'refresh_token', 'client_credentials'] as const;

/** The grant of cross-app access (RFC 7523). */
export const jwtBearerGrant = 'urn:ietf:params:oauth:grant-type:jwt-bearer';

/** @returns the resource for any of its names: the MCP endpoint, MCP_URL, the resource id. Others are unchanged, and refused later. */
function canonicalResource(settings: Settings, resource: string): string {
  if (resource === settings.resourceId) return settings.resource;
  const href = isUrl(resource) ? new URL(resource).href : resource;
  const isOurs = href === settings.resource || href === settings.mcpUrl;
  return isOurs || settings.foreignResource === 'ignored' ? settings.resource : resource;
}

function normalizeResource(settings: Settings, parameters: URLSearchParams): void {
  const resources = parameters.getAll('resource').filter((resource) => resource !== '');
  parameters.delete('resource');
  for (const resource of new Set(resources.map((each) => canonicalResource(settings, each))))
    parameters.append('resource', resource);
}

/** Without a scope, requests all: RFC 6749, section 3.3, lets the server choose. */
function defaultScope(settings: Settings, parameters: URLSearchParams): void {
  if (!parameters.get('scope')?.trim()) parameters.set('scope', scopeNames(settings).join(' '));
}

/**
 * Keeps the `prompt` values that have a meaning here. The library grants `offline_access` only with `prompt=consent`
 * (OpenID Connect Core, section 11), which OAuth clients do not send; here consent is always asked for anyway.
 */
function normalizePrompt(parameters: URLSearchParams): void {
  const prompts = new Set(
    (parameters.get('prompt') ?? '').split(' ').filter((prompt) => /^(?:none|login|consent)$/.test(prompt)),
  );
  if (!prompts.has('none')) prompts.add('consent');
  parameters.set('prompt', [...prompts].join(' '));
}

/** @returns the parameters of an authorization request in the library's form. */
export function normalizeAuthorization(settings: Settings, query: URLSearchParams): URLSearchParams {
  const parameters = new URLSearchParams(query);
  normalizeResource(settings, parameters);
  defaultScope(settings, parameters);
  normalizePrompt(parameters);
  return parameters;
}

/** @returns the parameters of a token request in the library's form. */
export function normalizeTokenRequest(settings: Settings, body: string): URLSearchParams {
  const parameters = new URLSearchParams(body);
  normalizeResource(settings, parameters);
  if (parameters.get('grant_type') === 'client_credentials') defaultScope(settings, parameters);
  return parameters;
}

/**
 * Native applications may use any loopback port (RFC 8252, section 7.3; OAuth 2.1, section 8.4.2) and private-use schemes.
 * Many do not declare themselves native, so we infer it from their redirect URIs.
 */
function isNative(redirectUris: unknown): boolean {
  return (
    Array.isArray(redirectUris) &&
    redirectUris.every((uri) => {
      if (typeof uri !== 'string' || !isUrl(uri)) return false;
      const url = new URL(uri);
      if (url.protocol === 'http:') return isLoopback(url);
      return url.protocol !== 'https:' || !isLoopback(url);
    })
  );
}

function supportedOf(values: unknown, supported: readonly string[]): unknown {
  if (!Array.isArray(values)) return values;
  const kept = values.filter((value) => supported.includes(value));
  return kept.length > 0 ? kept : values;
}

/**
 * @param metadata a client's registration or metadata document (RFC 7591, section 2).
 * @returns the metadata with the changes that a server may make (RFC 7591, section 2.1): without unsupported grant and
 *   response types, and without `scope`, since every client may request every scope.
 */
export function normalizeClient(metadata: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const { scope: _, ...client }: Record<string, unknown> = metadata;
  if ('grant_types' in client) client.grant_types = supportedOf(client.grant_types, grantTypes);
  if ('response_types' in client) client.response_types = supportedOf(client.response_types, ['code']);
  if (client.application_type === undefined && isNative(client.redirect_uris))
    client.application_type = 'native';
  return client;
}
