import { isLoopback, isUrl } from '../scalekit/index.ts';
import { type ClientDocument, nativeClient } from './known-clients.ts';

/** How long to wait before a document that could not be reached is requested again, in ms. */
const pause = 60_000;
/** The number of clients to remember; above that the oldest is dropped. */
const capacity = 100;

interface Client {
  /** Redirect URIs that it used, on this machine. */
  readonly redirectUris: Set<string>;
  /** Why its document cannot be reached, and when to request it again; undefined if it can be. */
  failure?: { readonly reason: string; readonly until: number };
}

/**
 * Clients that are trusted although their document cannot be reached, because they redirect to this machine. That gives
 * them no more than registration gives to anybody.
 */
export class TrustedClients {
  readonly #clients = new Map<string, Client>();
  readonly #onTrust: (clientId: string, reason: string) => void;

  /** @param onTrust called when a client is first trusted. */
  constructor(onTrust: (clientId: string, reason: string) => void = () => {}) {
    this.#onTrust = onTrust;
  }

  /** Records a client's redirect URI, before its document is requested. */
  asks(clientId: string, redirectUri: string): void {
    if (!clientId.startsWith('https://') || !isUrl(clientId) || !isUrl(redirectUri)) return;
    const url = new URL(redirectUri);
    if (!/^https?:$/.test(url.protocol) || !isLoopback(url)) return;
    const client = this.#clients.get(clientId) ?? { redirectUris: new Set() };
    client.redirectUris.add(redirectUri);
    this.#clients.set(clientId, client);
    const [first] = this.#clients.keys();
    if (this.#clients.size > capacity && first !== undefined) this.#clients.delete(first);
  }

  /**
   * Trusts a client whose document cannot be reached.
   * @returns an assumed document, or undefined if it does not redirect to this machine.
   */
  trust(clientId: string, reason: string): ClientDocument | undefined {
    const client = this.#clients.get(clientId);
    if (client === undefined) return undefined;
    if (client.failure === undefined) this.#onTrust(clientId, reason);
    client.failure = { reason, until: Date.now() + pause };
    return assumed(clientId, client);
  }

  /** @returns the assumed document of a client whose own could not be reached a moment ago. */
  recent(clientId: string): ClientDocument | undefined {
    const client = this.#clients.get(clientId);
    const isRecent = (client?.failure?.until ?? 0) > Date.now();
    return client !== undefined && isRecent ? assumed(clientId, client) : undefined;
  }

  /** Records that the client's document was reached. */
  reached(clientId: string): void {
    delete this.#clients.get(clientId)?.failure;
  }

  /** @returns why the document of a trusted client cannot be reached, or undefined for other clients. */
  reason(clientId: string): string | undefined {
    return this.#clients.get(clientId)?.failure?.reason;
  }

  clear(): void {
    this.#clients.clear();
  }
}

function assumed(clientId: string, { redirectUris }: Client): ClientDocument {
  return {
    ...nativeClient,
    client_id: clientId,
    client_name: new URL(clientId).hostname,
    redirect_uris: [...redirectUris],
  };
}
