import { isLoopback } from '../scalekit/index.ts';
import { type ClientDocument, nativeClient } from './known-clients.ts';

/** How long a document that could not be reached is not asked for again, in ms. */
const pause = 60_000;
/** Whoever names more clients than this makes us forget the first. */
const capacity = 100;

interface Client {
  /** Where it wanted its answers, on this machine. */
  readonly redirectUris: Set<string>;
  /** Why its document cannot be reached, if that is so, and when it may be asked for again. */
  failure?: { readonly reason: string; readonly until: number };
}

/**
 * Clients whose document is taken on trust, because it cannot be reached and their answers go to this machine. That is no
 * more than registration gives to anybody.
 */
export class TrustedClients {
  readonly #clients = new Map<string, Client>();
  readonly #onTrust: (clientId: string, reason: string) => void;

  /** @param onTrust is told when a client begins to be trusted. */
  constructor(onTrust: (clientId: string, reason: string) => void = () => {}) {
    this.#onTrust = onTrust;
  }

  /** Notes where a client wants its answer, before its document is looked for. */
  asks(clientId: string, redirectUri: string): void {
    if (!clientId.startsWith('https://') || !URL.canParse(clientId) || !URL.canParse(redirectUri)) return;
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
   * @returns what is assumed of it, or undefined where its answers do not go to this machine.
   */
  trust(clientId: string, reason: string): ClientDocument | undefined {
    const client = this.#clients.get(clientId);
    if (client === undefined) return undefined;
    if (client.failure === undefined) this.#onTrust(clientId, reason);
    client.failure = { reason, until: Date.now() + pause };
    return assumed(clientId, client);
  }

  /** @returns what is assumed of a client whose document was not to be had a moment ago. */
  recent(clientId: string): ClientDocument | undefined {
    const client = this.#clients.get(clientId);
    const isRecent = (client?.failure?.until ?? 0) > Date.now();
    return client !== undefined && isRecent ? assumed(clientId, client) : undefined;
  }

  /** Notes that the client's document can be had. */
  reached(clientId: string): void {
    delete this.#clients.get(clientId)?.failure;
  }

  /** @returns why a client is taken on trust, or undefined where it is not. */
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
