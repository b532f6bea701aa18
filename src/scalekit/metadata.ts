import { accept, type Checked, refuse } from './checked.ts';
import { checkResourceId } from './identifiers.ts';
import { checkScopes } from './scopes.ts';
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

function textOf(value: unknown): string {
  return JSON.stringify(value) ?? String(value);
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

/** Takes `{env}/resources/{res}` apart (facts: Scalekit, "Protected resource metadata as the dashboard gives it"). */
function splitIssuer(issuer: unknown): Checked<{ environmentUrl: string; resourceId: string }> {
  const parts = typeof issuer === 'string' ? /^(.*)\/resources\/([^/]+)\/?$/.exec(issuer) : null;
  if (!parts?.[1] || !parts[2]) {
    return refuse(
      'metadata/issuer',
      '"authorization_servers" has no https://<environment>/resources/res_… entry',
      textOf(issuer),
      expected,
    );
  }
  const environmentUrl = checkEnvironmentUrl(parts[1]);
  if (!environmentUrl.ok) return environmentUrl;
  const resourceId = checkResourceId(parts[2]);
  return resourceId.ok
    ? accept({ environmentUrl: environmentUrl.value, resourceId: resourceId.value })
    : resourceId;
}

function readScopes(value: unknown): Checked<readonly string[] | undefined> {
  if (value === undefined || (Array.isArray(value) && value.length === 0)) return accept(undefined);
  if (!Array.isArray(value) || !value.every((scope) => typeof scope === 'string')) {
    return refuse('metadata/scopes', '"scopes_supported" is not a list of names', textOf(value), expected);
  }
  return checkScopes(value);
}

/**
 * Reads the dashboard's "Metadata JSON": environment URL, resource id, server URL and scopes at once.
 * @param text the JSON as pasted.
 * @returns the four values, each by its own rule; corrections of the URL are notes.
 */
export function parseDashboardMetadata(text: string): Checked<DashboardMetadata> {
  const parsed = parseObject(text);
  if (!parsed.ok) return parsed;
  const servers = parsed.value.authorization_servers;
  const issuer = splitIssuer(Array.isArray(servers) ? servers[0] : servers);
  if (!issuer.ok) return issuer;
  const resource = parsed.value.resource;
  if (typeof resource !== 'string')
    return refuse('metadata/resource', '"resource" is missing', textOf(resource), expected);
  const mcpUrl = checkMcpUrl(resource);
  if (!mcpUrl.ok) return mcpUrl;
  const scopes = readScopes(parsed.value.scopes_supported);
  if (!scopes.ok) return scopes;
  return accept({ ...issuer.value, mcpUrl: mcpUrl.value, scopes: scopes.value }, [
    ...mcpUrl.notes,
    ...scopes.notes,
  ]);
}
