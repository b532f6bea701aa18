import { type ClientDocument, knownDocument } from './known-clients.ts';
import { normalizeClient } from './normalize.ts';
import { redirectProblem } from './redirects.ts';
import type { Settings } from './settings.ts';

/** Twice what the library accepts; a document is a few hundred bytes. */
const maximumBytes = 10 * 1024;

function asJson(value: unknown, cacheControl: string): Response {
  const headers = { 'content-type': 'application/json', 'cache-control': cacheControl };
  return new Response(JSON.stringify(value), { headers });
}

/** Puts a document into the library's form. It cannot contain a secret, so the default is no client authentication. */
function inForm(document: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const problem = redirectProblem(document.redirect_uris);
  if (problem !== undefined) throw new Error(`its redirect URI ${problem}`);
  return { token_endpoint_auth_method: 'none', ...normalizeClient(document) };
}

async function readBounded(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of response.body ?? []) {
    length += chunk.byteLength;
    if (length > maximumBytes) throw new Error(`the document is larger than ${maximumBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/**
 * Whether a response comes from something in between (a proxy's login, a host that refuses this network, an outage), and
 * says nothing about the document.
 */
function isInTheWay(status: number): boolean {
  return status >= 500 || [401, 403, 407, 429].includes(status);
}

/** The innermost cause of an error: `fetch` itself only says "fetch failed". */
function rootCause(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? rootCause(error.cause) : error.message;
}

/**
 * Fetches a document. The library prevents fetches from private networks by `init.dispatcher`.
 * @returns the response, or why there is none, in words.
 */
async function fetchOrExplain(url: string, init: RequestInit | undefined): Promise<Response | string> {
  try {
    const response = await fetch(url, init);
    return isInTheWay(response.status) ? `HTTP status ${response.status}` : response;
  } catch (error) {
    return rootCause(error);
  }
}

/** @returns the client's document if no request is needed for it. */
function documentAtHand(settings: Settings, clientId: string): ClientDocument | undefined {
  const { clientDocuments, trustedClients } = settings;
  if (Object.hasOwn(clientDocuments, clientId)) return clientDocuments[clientId];
  if (settings.clientIdMetadataDocuments !== 'bundled') return undefined;
  return knownDocument(clientId) ?? trustedClients.recent(clientId);
}

/**
 * Replaces the library's fetch, which it uses for client id metadata documents alone. Documents in the options are returned
 * from there; in `bundled` mode so are those of well-known clients, and an assumed document for a client whose own cannot
 * be reached. All are put into the library's form.
 */
export async function fetchClientDocument(
  settings: Settings,
  input: string | URL | Request,
  init: RequestInit | undefined,
): Promise<Response> {
  const url = input instanceof Request ? input.url : String(input);
  const { trustedClients } = settings;
  // Not cached: it costs nothing, and an assumed document grows with the redirect URIs that the client uses.
  const atHand = documentAtHand(settings, url);
  if (atHand !== undefined) return asJson(inForm(atHand), 'max-age=0');
  const response = await fetchOrExplain(url, init);
  if (typeof response === 'string') {
    const bundled = settings.clientIdMetadataDocuments === 'bundled';
    const assumed = bundled ? trustedClients.trust(url, response) : undefined;
    if (assumed === undefined) throw new Error(response);
    return asJson(assumed, 'max-age=0');
  }
  trustedClients.reached(url);
  if (response.status !== 200) return response;
  const parsed: unknown = JSON.parse(await readBounded(response));
  const isObject = typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed);
  const cacheControl = response.headers.get('cache-control') ?? 'max-age=30';
  return asJson(isObject ? inForm({ ...parsed }) : parsed, cacheControl);
}
