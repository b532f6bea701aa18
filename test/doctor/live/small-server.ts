import { createServer, type IncomingMessage } from 'node:http';
import { createRemoteJWKSet, decodeJwt, jwtVerify } from 'jose';
import type { Emulator } from '../../../src/emulator/index.ts';
import { acceptedIssuers, endpoints } from '../../../src/scalekit/index.ts';

/** An answer, as a part of the server makes it. */
export interface Reply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Text is sent as it is, everything else as JSON. */
  readonly body?: unknown;
}

export interface Call {
  readonly request: IncomingMessage;
  readonly token: string | undefined;
  readonly message: { readonly id?: unknown; readonly method?: string };
  /** How many calls were let in before this one. */
  readonly served: number;
}

/** What the parts know of their server. */
export interface Place {
  readonly endpoint: string;
  readonly origin: string;
  readonly emulator: Emulator;
}

/**
 * A protected MCP server in parts, one for each thing that others get wrong. Every part is right; a test replaces some.
 * An undefined reply means "nothing against it".
 */
export interface Parts {
  readonly gate: (place: Place, request: IncomingMessage) => Reply | undefined;
  readonly cors: (place: Place, request: IncomingMessage) => Record<string, string>;
  readonly preflight: (place: Place, request: IncomingMessage) => Reply;
  readonly metadata: (place: Place, path: string) => Reply;
  readonly document: (place: Place) => Record<string, unknown>;
  readonly challenge: (place: Place, error?: string) => string | undefined;
  readonly verify: (place: Place, token: string) => Promise<unknown>;
  readonly refuse: (place: Place, parts: Parts, token: string | undefined, error: unknown) => Reply;
  readonly serve: (place: Place, call: Call) => Reply;
  readonly elsewhere: (place: Place, path: string) => Reply;
}

export const json = (status: number, body: unknown, headers = {}): Reply => ({ status, body, headers });

const wellKnown = '/.well-known/oauth-protected-resource';
const inspector = 'http://localhost:6274';

/** jose's errors of these codes are about the token, all others about the keys. */
const tokenErrors = /^ERR_(?:JWT|JWS|JOSE_ALG|JWKS_NO_MATCHING)/;

export const healthyParts: Parts = {
  gate({ endpoint }, { headers }) {
    const isKnownOrigin = headers.origin === undefined || headers.origin === inspector;
    const isKnownHost = headers.host === new URL(endpoint).host;
    return isKnownOrigin && isKnownHost ? undefined : json(403, { error: 'forbidden' });
  },
  cors: (_place, { headers }) =>
    headers.origin === undefined
      ? {}
      : {
          'access-control-allow-origin': headers.origin,
          'access-control-expose-headers': 'WWW-Authenticate, Mcp-Session-Id',
        },
  preflight: () => ({
    status: 204,
    headers: {
      'access-control-allow-methods': 'POST',
      'access-control-allow-headers': 'authorization, content-type, mcp-protocol-version',
    },
  }),
  metadata: () => json(200, undefined, { 'access-control-allow-origin': '*' }),
  document: ({ endpoint, emulator }) => ({
    resource: endpoint,
    authorization_servers: [endpoints(emulator.url, emulator.resourceId).issuer],
    scopes_supported: emulator.scopes,
  }),
  challenge: ({ origin }, error) =>
    `Bearer ${error === undefined ? '' : `error="${error}", `}resource_metadata="${origin}${wellKnown}/mcp"`,
  async verify({ emulator }, token) {
    const { url, resourceId } = emulator;
    await jwtVerify(token, createRemoteJWKSet(new URL(`${url}/keys`), { timeoutDuration: 1000 }), {
      issuer: [...acceptedIssuers(url, resourceId)],
      audience: resourceId,
      algorithms: ['RS256'],
      clockTolerance: 60,
    });
  },
  refuse(place, parts, token, error) {
    const code = typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';
    if (token !== undefined && !tokenErrors.test(code)) return json(503, { error: 'keys_unavailable' });
    const challenge = parts.challenge(place, token === undefined ? undefined : 'invalid_token');
    return json(
      401,
      { error: 'unauthorized' },
      challenge === undefined ? {} : { 'www-authenticate': challenge },
    );
  },
  serve(_place, { message }) {
    const result =
      message.method === 'tools/list'
        ? {
            tools: [
              {
                name: 'ping',
                inputSchema: { type: 'object', required: ['text'], properties: { text: { type: 'string' } } },
              },
            ],
          }
        : { protocolVersion: '2025-06-18', capabilities: {}, serverInfo: { name: 'small', version: '1' } };
    return json(200, { jsonrpc: '2.0', id: message.id ?? null, result });
  },
  elsewhere: () => json(404, { error: 'not_found' }),
};

/** A verifier that decodes the token and trusts it without checking. */
export async function believe(_place: Place, token: string): Promise<void> {
  decodeJwt(token);
}

async function messageOf(request: IncomingMessage): Promise<Call['message']> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return chunks.length === 0 ? {} : JSON.parse(Buffer.concat(chunks).toString('utf8'));
}

async function mcp(place: Place, parts: Parts, request: IncomingMessage, served: number): Promise<Reply> {
  const refused = parts.gate(place, request);
  if (refused !== undefined) return refused;
  const cors = parts.cors(place, request);
  if (request.method === 'OPTIONS') {
    const reply = parts.preflight(place, request);
    return { ...reply, headers: { ...cors, ...reply.headers } };
  }
  const token = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1];
  const message = await messageOf(request);
  try {
    if (token === undefined) throw new Error('no token');
    await parts.verify(place, token);
  } catch (error) {
    const reply = parts.refuse(place, parts, token, error);
    if (reply.status !== 200) return { ...reply, headers: { ...cors, ...reply.headers } };
  }
  const reply = parts.serve(place, { request, token, message, served });
  return { ...reply, headers: { ...cors, ...reply.headers } };
}

async function answer(place: Place, parts: Parts, request: IncomingMessage, served: number): Promise<Reply> {
  const path = new URL(request.url ?? '/', place.origin).pathname;
  if (path === '/mcp') return mcp(place, parts, request, served);
  if (path === wellKnown || path === `${wellKnown}/mcp`) {
    const reply = parts.metadata(place, path.slice(wellKnown.length));
    return reply.status === 200 && reply.body === undefined
      ? { ...reply, body: parts.document(place) }
      : reply;
  }
  return parts.elsewhere(place, path);
}

export interface SmallServer {
  readonly endpoint: string;
  close(): Promise<void>;
}

/**
 * Starts a server on a free port of this machine, with some of its parts replaced.
 * @param publicOrigin the origin that clients use if there is a proxy in front; known only once that is started.
 */
export async function startSmallServer(
  emulator: Emulator,
  faults: Partial<Parts>,
  publicOrigin: () => string | undefined = () => undefined,
): Promise<SmallServer> {
  const parts = { ...healthyParts, ...faults };
  let served = 0;
  const server = createServer(async (request, response) => {
    const { port } = server.address() as { port: number };
    const origin = publicOrigin() ?? `http://localhost:${port}`;
    const place: Place = { origin, endpoint: `${origin}/mcp`, emulator };
    const reply = await answer(place, parts, request, served).catch(
      (error): Reply => ({ status: 500, body: `Error: ${error.message}` }),
    );
    if (reply.status === 200 && request.url === '/mcp') served += 1;
    const isText = typeof reply.body === 'string';
    const type = isText
      ? reply.body?.toString().startsWith('<')
        ? 'text/html'
        : 'text/plain'
      : 'application/json';
    response.writeHead(reply.status, { 'content-type': type, ...reply.headers });
    response.end(isText ? reply.body : reply.body === undefined ? undefined : JSON.stringify(reply.body));
  });
  await new Promise<void>((resolve) => server.listen(0, resolve));
  const { port } = server.address() as { port: number };
  return {
    endpoint: `http://localhost:${port}/mcp`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
