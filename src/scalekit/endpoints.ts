/** Scalekit's own MCP server, whose tools register MCP servers (docs/scalekit.md#registering-a-server). */
export const scalekitMcpUrl = 'https://mcp.scalekit.com/';

/** Scalekit's dashboard. */
export const dashboardUrl = 'https://app.scalekit.com/';

/** Where an environment publishes its keys (docs/scalekit.md#endpoints). */
export const keysPath = '/keys';

/** Where an MCP server's authorization server answers (docs/scalekit.md#endpoints). All are absolute URLs. */
export interface Endpoints {
  readonly issuer: string;
  readonly keys: string;
  /** RFC 8414's form: the well-known part inserted before the path. */
  readonly metadata: string;
  /** The appended form; some tenants answer only this one. */
  readonly metadataAppended: string;
  readonly authorization: string;
  readonly token: string;
  readonly environmentToken: string;
  readonly registration: string;
}

/**
 * @param environmentUrl an origin without trailing slash, as `checkEnvironmentUrl` returns it.
 * @param resourceId `res_…`.
 */
export function endpoints(environmentUrl: string, resourceId: string): Endpoints {
  const issuer = `${environmentUrl}/resources/${resourceId}`;
  return {
    issuer,
    keys: environmentUrl + keysPath,
    ...authorizationServerMetadataUrls(issuer),
    authorization: `${issuer}/oauth/authorize`,
    token: `${issuer}/oauth/token`,
    environmentToken: `${environmentUrl}/oauth/token`,
    registration: `${environmentUrl}/api/v1/resources/${resourceId}/clients:register`,
  };
}

/**
 * Where an authorization server publishes its metadata (RFC 8414 §3.1 and §5): with the well-known part before the issuer's
 * path, and after it.
 * @param issuer an absolute URL.
 */
export function authorizationServerMetadataUrls(
  issuer: string,
): Pick<Endpoints, 'metadata' | 'metadataAppended'> {
  const { origin, pathname } = new URL(issuer);
  const path = pathname.replace(/\/$/, '');
  const wellKnown = '/.well-known/oauth-authorization-server';
  return { metadata: origin + wellKnown + path, metadataAppended: origin + path + wellKnown };
}

/** Where a protected MCP server answers. All are absolute URLs. */
export interface ServerUrls {
  /** The MCP endpoint, and the `resource` of its metadata: no trailing slash. */
  readonly endpoint: string;
  /** RFC 9728's form for a resource with a path: `/.well-known/oauth-protected-resource/mcp`. */
  readonly metadata: string;
  /** The root form, which some clients ask for. */
  readonly metadataRoot: string;
  readonly health: string;
  readonly ready: string;
}

/**
 * Where a resource publishes its metadata: RFC 9728 §3.1 puts the well-known part between host and path; some clients ask
 * for the root form.
 * @param resource the MCP endpoint, an absolute URL.
 */
export function protectedResourceMetadataUrls(
  resource: string,
): Pick<ServerUrls, 'metadata' | 'metadataRoot'> {
  const url = new URL(resource);
  const metadataRoot = `${url.origin}/.well-known/oauth-protected-resource`;
  return { metadata: metadataRoot + (url.pathname === '/' ? '' : url.pathname), metadataRoot };
}

/** @param mcpUrl the public base URL, as `checkMcpUrl` returns it. */
export function serverUrls(mcpUrl: string): ServerUrls {
  const endpoint = new URL('mcp', mcpUrl);
  return {
    endpoint: endpoint.href,
    ...protectedResourceMetadataUrls(endpoint.href),
    health: new URL('healthz', mcpUrl).href,
    ready: new URL('readyz', mcpUrl).href,
  };
}
