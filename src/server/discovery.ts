// Where clients look for metadata, and what they find there.
import { notAllowed } from './refusal.ts';

/** What has to be known about a server to describe it: `ScalekitProvider` is one. */
export interface Described {
  readonly endpoint: URL;
  readonly metadataUrl: URL;
  readonly authorizationServer: { load(): Promise<string> };
  metadata(name?: string): object;
}

/** JSON, as it is or as it is fetched. */
export type LoadDocument = () => string | Promise<string>;

const resource = '/.well-known/oauth-protected-resource';
const authorizationServer = '/.well-known/oauth-authorization-server';

/** Metadata is for scripts of every origin. */
export const openToAll = { 'access-control-allow-origin': '*' };

/** The part of the endpoint's path before `/mcp`: empty, or such as `/team`. */
export function prefixOf({ pathname }: URL): string {
  return pathname.slice(0, -'/mcp'.length);
}

/** Each path with the path prefix of the server and without it, because a proxy in front may keep it or take it off. */
export function withPrefix<T>(
  served: ReadonlyArray<readonly [path: string, value: T]>,
  endpoint: URL,
): ReadonlyArray<readonly [path: string, value: T]> {
  return served.flatMap(([path, value]) => [
    [path, value] as const,
    [prefixOf(endpoint) + path, value] as const,
  ]);
}

/**
 * The protected resource metadata (RFC 9728) at every path where clients of any age look for it, and Scalekit's own metadata
 * (RFC 8414) for clients of 2025-03-26, which look for it at the MCP server.
 * @param name the server's, for people.
 */
export function discoveryDocuments(server: Described, name?: string): ReadonlyMap<string, LoadDocument> {
  const { endpoint, metadataUrl } = server;
  const described = JSON.stringify(server.metadata(name));
  const metadata: LoadDocument = () => described;
  const served: ReadonlyArray<readonly [string, LoadDocument]> = [
    [resource, metadata],
    [`${resource}/mcp`, metadata],
    [resource + endpoint.pathname, metadata],
    [authorizationServer, () => server.authorizationServer.load()],
  ];
  return new Map([[metadataUrl.pathname, metadata], ...withPrefix(served, endpoint)]);
}

/** An answer, ready to be sent. */
export interface DocumentAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/**
 * @param headers that go on every answer.
 * @returns the answer to a request for a public JSON document.
 * @throws Refusal for a method that changes things.
 */
export function answerDocument(
  method: string | undefined,
  body: string,
  headers: Readonly<Record<string, string>> = {},
): DocumentAnswer {
  const allow = 'GET, HEAD, OPTIONS';
  if (method === 'GET' || method === 'HEAD')
    return { status: 200, headers: { 'content-type': 'application/json', ...headers }, body };
  if (method !== 'OPTIONS') throw notAllowed(allow);
  const cors = { 'access-control-allow-methods': 'GET, HEAD', 'access-control-allow-headers': '*' };
  return { status: 204, headers: { ...headers, allow, ...cors }, body: '' };
}
