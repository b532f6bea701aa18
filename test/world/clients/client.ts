import type { Home } from './world.ts';

/** The outcome of a tool call, as the client's user sees it. */
export interface CallOutcome {
  readonly ok: boolean;
  readonly text: string;
}

/** A client that has signed in and connected. */
export interface Session {
  /** The names of the tools that the client knows. */
  tools(): Promise<readonly string[]>;
  call(tool: string, args?: Readonly<Record<string, unknown>>): Promise<CallOutcome>;
  /** What the user does if the client needs a new sign-in, and does not start it by itself. */
  signInAgain(): Promise<void>;
  close(): Promise<void>;
}

export interface OpenOptions {
  readonly endpoint: string;
  /** Scopes for the client's configuration, if it can name any. */
  readonly scopes?: readonly string[];
}

/** A real client, and how its user uses it. */
export interface RealClient {
  readonly name: string;
  readonly version: string;
  /** How many seconds before its expiry the client treats a token as expired. Default 0. */
  readonly early?: number;
  /** How many seconds before its expiry the client renews a token, if it has a refresh token. Default: `early`. */
  readonly renews?: number;
  /** How many tokens its connection has to outlive. Default: 20; fewer for a client that starts slowly for each call. */
  readonly tokens?: number;
  /** Where a person can configure scopes such as `offline_access`, in the words of docs/clients.md. Absent: nowhere. */
  readonly namesScopes?: string;
  /** Signs in and connects from nothing but the endpoint's URL, as the client's documentation says. */
  open(home: Home, options: OpenOptions): Promise<Session>;
}
