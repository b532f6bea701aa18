// Scalekit's metadata, for clients that look for it here.
import { download } from './download.ts';
import { Refusal } from './refusal.ts';

/** In ms. */
const freshFor = 5 * 60_000;

/**
 * The authorization server metadata (RFC 8414) of Scalekit. Clients of protocol 2025-03-26 do not know protected resource
 * metadata: they look for the authorization server at the MCP server's own address.
 */
export class AuthorizationServerMetadata {
  readonly #urls: readonly string[];
  #document: string | undefined;
  #fetchedAt = 0;
  #pending: Promise<string> | undefined;

  /** @param urls where it may be; the first that answers is used. */
  constructor(urls: readonly string[]) {
    this.#urls = urls;
  }

  /**
   * @returns the document as JSON; the last good one if Scalekit does not answer.
   * @throws Refusal with 503 if there is none.
   */
  async load(): Promise<string> {
    if (this.#document !== undefined && Math.abs(Date.now() - this.#fetchedAt) < freshFor)
      return this.#document;
    this.#pending ??= this.#fetch().finally(() => {
      this.#pending = undefined;
    });
    return await this.#pending;
  }

  async #fetch(): Promise<string> {
    let cause: unknown;
    for (const url of this.#urls) {
      try {
        this.#document = JSON.stringify(objectIn((await download(url, 'Scalekit')).text));
        this.#fetchedAt = Date.now();
        return this.#document;
      } catch (error) {
        cause = error;
      }
    }
    if (this.#document !== undefined) return this.#document;
    const headers = { 'retry-after': '5' };
    throw new Refusal(503, 'metadata_unavailable', "Scalekit's metadata is not available now", {
      headers,
      cause,
    });
  }
}

/** Makes sure that only metadata is passed on under our name. */
function objectIn(text: string): object {
  const document: unknown = JSON.parse(text);
  if (typeof document === 'object' && document !== null && 'issuer' in document) return document;
  throw new Error('Scalekit sent no metadata');
}
