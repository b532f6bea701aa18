import { normalizeClient } from './normalize.ts';
import type { Settings } from './settings.ts';

/** Twice what the library then accepts; a document is a few hundred bytes. */
const maximumBytes = 10 * 1024;

function asJson(value: unknown, cacheControl: string | null = null): Response {
  const headers = {
    'content-type': 'application/json',
    ...(cacheControl === null ? {} : { 'cache-control': cacheControl }),
  };
  return new Response(JSON.stringify(value), { headers });
}

/** A document cannot hold a secret, so that a client that says nothing of authentication has none. */
function inForm(document: Readonly<Record<string, unknown>>): Record<string, unknown> {
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
 * The library's fetch, which it uses for client id metadata documents alone: those that the options hold come from there,
 * and all are put into the library's form. The library guards against fetches into private networks, by `init.dispatcher`.
 */
export async function fetchClientDocument(
  settings: Settings,
  input: string | URL | Request,
  init: RequestInit | undefined,
): Promise<Response> {
  const url = input instanceof Request ? input.url : String(input);
  const document = settings.clientDocuments[url];
  if (document !== undefined) return asJson(inForm(document));
  const response = await fetch(input, init);
  if (response.status !== 200) return response;
  const parsed: unknown = JSON.parse(await readBounded(response));
  const isObject = typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed);
  return asJson(isObject ? inForm({ ...parsed }) : parsed, response.headers.get('cache-control'));
}
