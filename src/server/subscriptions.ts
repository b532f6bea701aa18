// Who is told that a resource has changed (2026-07-28, `subscriptions/listen`): users who may read it, in this process.
import { AsyncLocalStorage } from 'node:async_hooks';
import type { ServerEvent, ServerEventBus } from '@modelcontextprotocol/server';
import { noToken, refuseScopes } from './authenticate.ts';
import type { Catalogue } from './catalogue.ts';
import type { McpRequest } from './mcp-request.ts';
import type { ScalekitProvider } from './provider.ts';

/** The SDK's bus knows nothing of users: which one listens is what the request says in which it subscribes. */
export class Subscriptions implements ServerEventBus {
  readonly #listeners = new Map<(event: ServerEvent) => void, string | undefined>();
  readonly #user = new AsyncLocalStorage<string>();
  readonly #catalogue: Catalogue;
  readonly #auth: ScalekitProvider;

  constructor(catalogue: Catalogue, auth: ScalekitProvider) {
    this.#catalogue = catalogue;
    this.#auth = auth;
    for (const { changes } of catalogue.watchable)
      changes.add((uri, userId) => this.#tell({ kind: 'resource_updated', uri }, userId));
  }

  /** Runs what subscribes for this request. @throws Refusal where the token may not read what it wants to watch. */
  async listen<Result>({ message, access }: McpRequest, subscribe: () => Promise<Result>): Promise<Result> {
    if (message.method !== 'subscriptions/listen') return await subscribe();
    if (access === undefined) throw noToken(this.#auth);
    const { notifications } = (message.params ?? {}) as {
      notifications?: { resourceSubscriptions?: unknown } | null;
    };
    const uris = notifications?.resourceSubscriptions;
    for (const uri of Array.isArray(uris) ? uris : []) {
      // What is no text is for the SDK to refuse.
      const needed = (typeof uri === 'string' && this.#catalogue.find(uri)?.resource.scopes) || [];
      const refusal = refuseScopes(needed, access.scopes, this.#auth);
      if (refusal !== undefined) throw refusal;
    }
    return await this.#user.run(access.user.id, subscribe);
  }

  subscribe(listener: (event: ServerEvent) => void): () => void {
    this.#listeners.set(listener, this.#user.getStore());
    return () => this.#listeners.delete(listener);
  }

  publish(event: ServerEvent): void {
    this.#tell(event, undefined);
  }

  #tell(event: ServerEvent, userId: string | undefined): void {
    for (const [listener, user] of this.#listeners)
      if (userId === undefined || user === userId) listener(event);
  }
}
