import { acceptedIssuers } from '../../../src/scalekit/index.ts';
import type { Target, Tool } from './types.ts';
import type { Peer } from './wire.ts';

/** The target or its authorization server could not be asked: nothing is known about how well it holds. */
export class Unreachable extends Error {
  override readonly name = 'Unreachable';
}

async function getJson(url: string): Promise<Record<string, unknown>> {
  const response = await fetch(url, { signal: AbortSignal.timeout(10_000) }).catch((error: Error) => {
    const cause = error.cause instanceof Error ? error.cause.message : error.message;
    throw new Unreachable(`${url} can't be reached: ${cause}`);
  });
  if (!response.ok) throw new Unreachable(`${url} answered ${response.status}, expected 200 with JSON`);
  try {
    return (await response.json()) as Record<string, unknown>;
  } catch {
    throw new Unreachable(`${url} answered something that is not JSON`);
  }
}

/** @returns the key server's keys. */
export async function fetchKeys(environmentUrl: string): Promise<readonly Record<string, string>[]> {
  const { keys } = await getJson(`${environmentUrl}/keys`);
  if (!Array.isArray(keys) || keys.length === 0) throw new Unreachable(`${environmentUrl}/keys has no keys`);
  return keys as Record<string, string>[];
}

const peerOf = (url: URL): Peer => ({
  host: url.hostname.replace(/^\[(.*)\]$/, '$1'),
  port: Number(url.port || (url.protocol === 'https:' ? 443 : 80)),
  tls: url.protocol === 'https:',
});

/** The tools of the two templates: what reads and what writes, with their scopes. */
export function toolsFor(
  scopes: readonly string[],
  names: readonly string[],
): readonly [read: Tool, write: Tool] {
  const read = scopes.find((scope) => scope.endsWith(':read')) ?? scopes[0] ?? '';
  const write = scopes.find((scope) => scope.endsWith(':write')) ?? scopes[1] ?? '';
  if (names.length === 0 || names.includes('create_todo')) {
    return [
      { name: 'list_todos', scope: read, arguments: () => ({}) },
      { name: 'create_todo', scope: write, arguments: (marker) => ({ title: marker }) },
    ];
  }
  // The blank template names its example tools after their scopes.
  const named = (scope: string): Tool => {
    const name = scope.replaceAll(/[^a-zA-Z0-9]+/g, '_').toLowerCase();
    return names.includes(name)
      ? { name, scope, arguments: () => ({}) }
      : { name: names[0] ?? '', scope: '', arguments: () => ({}) };
  };
  const [reader, writer] = [named(read), named(write)];
  return [reader, { ...writer, arguments: (marker) => (writer.scope ? { message: marker } : {}) }];
}

interface Metadata {
  readonly resource?: unknown;
  readonly authorization_servers?: readonly string[];
  readonly scopes_supported?: readonly string[];
}

/**
 * Learns from a server's own metadata what it is.
 * @param url the MCP endpoint, or the base URL before it.
 * @param issuer the authorization server: its environment URL, or the issuer with the resource. Default: the metadata's.
 * @throws Unreachable.
 */
export async function describeTarget(url: string, issuer?: string): Promise<Target> {
  const given = new URL(url);
  const endpoint = given.pathname.endsWith('/') ? new URL('mcp', given) : given;
  const metadataUrl = new URL(`/.well-known/oauth-protected-resource${endpoint.pathname}`, endpoint);
  const metadata = (await getJson(metadataUrl.href)) as Metadata;
  const listed = metadata.authorization_servers?.[0] ?? '';
  const parts = /^(.*?)\/resources\/([^/]+)\/?$/.exec(issuer ?? listed);
  const environmentUrl = (parts?.[1] ?? issuer ?? '').replace(/\/$/, '');
  const resourceId = parts?.[2] ?? /\/resources\/([^/]+)\/?$/.exec(listed)?.[1];
  if (!environmentUrl || !resourceId) {
    throw new Unreachable(
      `${metadataUrl.href} names no https://<environment>/resources/res_… in authorization_servers`,
    );
  }
  const scopes = metadata.scopes_supported ?? [];
  const [readTool, writeTool] = toolsFor(scopes, []);
  return {
    peer: peerOf(endpoint),
    endpoint: endpoint.href,
    path: endpoint.pathname,
    host: endpoint.host,
    origin: endpoint.origin,
    metadataUrl: metadataUrl.href,
    environmentUrl,
    resourceId,
    issuers: acceptedIssuers(environmentUrl, resourceId),
    scopes,
    readTool,
    writeTool,
  };
}

/** Asks for the tools with a good token. @returns the target with the tools that it really has. */
export async function withTools(target: Target, token: string): Promise<Target> {
  const response = await fetch(target.endpoint, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${token}`,
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      'mcp-protocol-version': '2025-06-18',
    },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list', params: {} }),
  });
  const text = await response.text();
  if (!response.ok)
    throw new Unreachable(
      `tools/list with a good token was answered ${response.status}: ${text.slice(0, 300)}`,
    );
  const message = JSON.parse(/^data: ?(.*)$/m.exec(text)?.[1] ?? text) as {
    result?: { tools?: readonly { name: string }[] };
  };
  const names = message.result?.tools?.map(({ name }) => name) ?? [];
  const [readTool, writeTool] = toolsFor(target.scopes, names);
  return { ...target, readTool, writeTool };
}
