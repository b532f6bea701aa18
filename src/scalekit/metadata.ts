import { accept, type Checked, refuse } from './checked.ts';
import { checkResourceId } from './identifiers.ts';
import { checkScopes, reservedScopes } from './scopes.ts';
import { checkEnvironmentUrl, checkMcpUrl } from './urls.ts';

/** What one paste of the dashboard's "Metadata JSON" says. */
export interface DashboardMetadata {
  readonly environmentUrl: string;
  readonly resourceId: string;
  readonly mcpUrl: string;
  /** Undefined where the dashboard lists none. */
  readonly scopes: readonly string[] | undefined;
}

const expected =
  'the JSON of Dashboard > MCP Servers > your server > Metadata JSON, with "authorization_servers" and "resource"';

const expectedResource =
  'the Server URL as "resource"; where it is missing, enter it in Dashboard > MCP Servers > your server';

/** @returns a value as it was written; nothing for what is not there. */
function textOf(value: unknown): string {
  try {
    return JSON.stringify(value) ?? '';
  } catch {
    return 'JSON that is nested too deep to show';
  }
}

function parseObject(text: string): Checked<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return accept({ ...value });
    return refuse('metadata/form', 'The metadata is not a JSON object', text, expected);
  } catch {
    return refuse('metadata/json', 'The metadata is not JSON', text, expected);
  }
}

/** Takes `{env}/resources/{res}` apart (docs/scalekit.md#metadata-json). */
function splitIssuer(servers: unknown): Checked<{ environmentUrl: string; resourceId: string }> {
  // RFC 9728 lists any number of authorization servers; the first of Scalekit's form is ours.
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

/** @returns the two parts of an issuer of Scalekit's form, or undefined for any other issuer. */
export function parseIssuer(
  issuer: string,
): { readonly environmentUrl: string; readonly resourceId: string } | undefined {
  const parts = splitIssuer(issuer);
  return parts.ok ? parts.value : undefined;
}

function readScopes(value: unknown): Checked<readonly string[] | undefined> {
  // A list that is not there is `null` in some encoders.
  const list = value ?? [];
  if (!Array.isArray(list) || !list.every((scope) => typeof scope === 'string'))
    return refuse('metadata/scopes', '"scopes_supported" is not a list of names', textOf(value), expected);
  const own = list.filter((scope) => !reservedScopes.has(scope));
  return own.length === 0 ? accept(undefined) : checkScopes(own);
}

/**
 * Reads the dashboard's "Metadata JSON": environment URL, resource id, server URL and scopes at once.
 * @param text the JSON as pasted.
 * @returns the four values, each by its own rule; corrections are notes. Of a key written twice the last counts, as in any JSON.
 */
export function parseDashboardMetadata(text: string): Checked<DashboardMetadata> {
  const parsed = parseObject(text.trim());
  if (!parsed.ok) return parsed;
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
    ...issuer.notes,
    ...mcpUrl.notes,
    ...scopes.notes,
  ]);
}
