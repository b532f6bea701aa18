/**
 * The types of `scalekit-mcp/emulator`. They refer to no package, so that the published declarations need none.
 */

/** Which of Scalekit's two issuers tokens have (docs/scalekit.md#access-tokens). */
export type TokenIssuer = 'environment' | 'resource';

export interface EmulatorOptions {
  /** Port on loopback; 0 takes a free one. Default 0. */
  readonly port?: number;
  /** The origin in its tokens and documents, if it is not reached at its own port. */
  readonly publicUrl?: string;
  /** Default `localIdentifiers.resourceId`. */
  readonly resourceId?: string;
  /** The server's public base URL (its `MCP_URL`). Default `http://localhost:3002/`. */
  readonly mcpUrl?: string;
  /** The scopes of the MCP server, with their descriptions on the consent page. Default todo:read and todo:write. */
  readonly scopes?: ReadonlyArray<string | { readonly name: string; readonly description: string }>;
  /**
   * The folder for the signing key and the registered clients, so that tokens and cached registrations survive a restart.
   * Without it both are kept in memory.
   */
  readonly keyDirectory?: string;
  /**
   * For containers only, with `publicUrl`: listens on all interfaces, and also accepts names of container networks as Host.
   * Default false: loopback only.
   */
  readonly container?: boolean;
  /** Signs in and consents automatically for redirects to this machine; others ask a person. Default false. */
  readonly autoApprove?: boolean;
  /** Default `resource`. */
  readonly tokenIssuer?: TokenIssuer;
  /** Access token lifetime in seconds. Default 3600. */
  readonly tokenLifetime?: number;
  /** Refresh token lifetime in seconds; each use restarts it. Default 2592000, 30 days. */
  readonly refreshLifetime?: number;
  /** Adds a `scopes` array to access tokens, in addition to the `scope` string. Default false. */
  readonly scopesArray?: boolean;
  /** How users' tokens list their scopes: as the `scope` string, or as a `scopes` array instead. Default `string`. */
  readonly scopeClaim?: 'string' | 'array';
  /** The users who can sign in, at least one. Default two, of one organization. */
  readonly users?: readonly EmulatorUser[];
  /** The dashboard's switch for registration. Default true. */
  readonly dynamicClientRegistration?: boolean;
  /**
   * The dashboard's switch for client id metadata documents. `true` fetches every document, as Scalekit does. `bundled`
   * contains those of well-known clients, and trusts a client whose document cannot be reached if it redirects to this
   * machine, so that clients can sign in without the internet. Default `bundled`.
   */
  readonly clientIdMetadataDocuments?: boolean | 'bundled';
  /**
   * Client id metadata documents that are used instead of fetching them, by URL, e.g.
   * `{'https://client.example/mcp.json': {client_id: 'https://client.example/mcp.json', …}}`.
   */
  readonly clientDocuments?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  /** What each role permits, by the role's name, e.g. `{viewer: ['todo:read']}`. Default: there are no roles. */
  readonly roles?: Readonly<Record<string, readonly string[]>>;
  /**
   * The dashboard's "intersect with user permissions": a person's token holds only the scopes that their roles permit.
   * Default false.
   */
  readonly userPermissions?: boolean;
  /**
   * Cross-app access: the issuer of an identity provider whose ID-JAGs the token endpoint accepts. Its keys are found
   * through its metadata. `off`, the default: none.
   */
  readonly identityProvider?: string;
  /** How many token requests and registrations are answered in a minute; 0, the default: all. */
  readonly rateLimit?: number;
  /** At which of the two addresses the metadata is. Default `both`. */
  readonly metadataForms?: 'both' | 'inserted' | 'appended';
  /** `resource`: tokens name only the resource id, as if the Server URL was left empty. Default `both`. */
  readonly audience?: 'both' | 'resource';
  /** Where the token of a client of the server (`m2m_…`) lists its scopes. Default `both`. */
  readonly machineScopes?: 'both' | 'string' | 'array';
  /** What happens to a `resource` parameter that names another server. Default `refused`. */
  readonly foreignResource?: 'refused' | 'ignored';
  /** Whether a refresh token is replaced by each use. Default true. */
  readonly rotation?: boolean;
  /** Whether scripts of other origins may use metadata, keys, token and registration. Default true. */
  readonly cors?: boolean;
  /**
   * Answers exactly as Scalekit does, everywhere. Default false: what clients that follow the standards need is sent as well,
   * such as the members of RFC 7591's answer.
   */
  readonly strict?: boolean;
  /** Called for each request with method, path and status, never with a token. One-time ids in a path are shown as `:uid`. */
  readonly onRequest?: (request: { method: string; path: string; status: number }) => void;
  /** Called when a client is trusted although its document cannot be reached, with the reason. */
  readonly onTrustedClient?: (clientId: string, reason: string) => void;
  /** Called with the error when the emulator itself failed and answered 500. */
  readonly onError?: (error: unknown) => void;
}

/** A user who can sign in to the local Scalekit. */
export interface EmulatorUser {
  /** `usr_…`, the token's `sub`. */
  readonly id: string;
  readonly name: string;
  readonly email: string;
  /** Names of roles; what they permit is in the emulator's `roles`. */
  readonly roles?: readonly string[];
}

/** A client that authenticates with a secret and uses the client credentials grant. The secret protects nothing: it only works here. */
export interface MachineClient {
  readonly clientId: string;
  readonly clientSecret: string;
}

/** The content of a minted token. Every claim can be replaced; `undefined` removes it. */
export interface MintOptions {
  /** Default: all of the emulator's scopes. */
  readonly scopes?: readonly string[];
  /** Default `usr_1000000000000003`, the first of the emulator's users. */
  readonly subject?: string;
  /** Seconds from now; negative for an expired token. Default the emulator's lifetime. */
  readonly expiresIn?: number;
  readonly issuer?: string;
  readonly audience?: string | readonly string[];
  /** Overrides of any claim, after all of the above. */
  readonly claims?: Readonly<Record<string, unknown>>;
  /** Overrides of the header, such as `typ` or `kid`. */
  readonly header?: Readonly<Record<string, unknown>>;
  /** Signs with a key that is not published. */
  readonly foreignKey?: boolean;
}

/** How the key server (`/keys`) or the metadata misbehaves. */
export interface Faults {
  /**
   * `down`: 500. `slow`: answers after two seconds. `hang`: never answers. `html`: a page with status 200. `empty`: no key.
   * `huge`: 64 MB of keys. `wrong`: another key under the right key id.
   */
  readonly keys?: 'ok' | 'down' | 'slow' | 'hang' | 'html' | 'empty' | 'huge' | 'wrong';
  /**
   * `down`: 500. `wrong-issuer`: the environment instead of the resource. `no-pkce`: no `code_challenge_methods_supported`.
   * `no-registration`: neither registration nor client id metadata documents. `…-only`: the other form is 404.
   */
  readonly metadata?:
    | 'ok'
    | 'down'
    | 'wrong-issuer'
    | 'no-pkce'
    | 'no-registration'
    | 'inserted-only'
    | 'appended-only';
  /** `exceeded`: token requests and registrations get 429, as if they exceeded Scalekit's rate limit. */
  readonly rateLimit?: 'ok' | 'exceeded';
  /** Seconds that the emulator's clock is ahead (or, negative, behind) in tokens and `Date` headers. */
  readonly clockOffset?: number;
}

export interface Emulator {
  /** `SCALEKIT_ENVIRONMENT_URL`: the origin, without trailing slash. */
  readonly url: string;
  readonly port: number;
  readonly resourceId: string;
  readonly clientId: string;
  readonly mcpUrl: string;
  readonly scopes: readonly string[];
  /** The users who can sign in: two, to test that a server keeps them apart. An authorization request's `login_hint` selects one. */
  readonly users: readonly EmulatorUser[];
  /** The seeded client for the client credentials grant. */
  readonly machineClient: MachineClient;
  /** A client of an organization (`m2morg_…`), for the same grant; its tokens have only the `scopes` array. */
  readonly organizationClient: MachineClient;
  /** The variables that point a server at this emulator. */
  readonly variables: Readonly<Record<string, string>>;
  /** Makes a signed access token. */
  mint(options?: MintOptions): Promise<string>;
  /** Replaces the signing key; the old one is no longer published unless kept. */
  rotateKeys(options?: { keepOld?: boolean }): Promise<void>;
  /** Withdraws what users have granted: refresh tokens stop working at once, access tokens work until they expire. */
  withdrawConsent(): Promise<void>;
  /** Replaces the current faults; `{}` removes all. */
  fault(faults: Faults): void;
  /** Changes tokens, metadata and the consent page from now on. */
  configure(
    options: Pick<
      EmulatorOptions,
      | 'tokenIssuer'
      | 'tokenLifetime'
      | 'refreshLifetime'
      | 'scopeClaim'
      | 'users'
      | 'scopesArray'
      | 'autoApprove'
      | 'scopes'
      | 'dynamicClientRegistration'
      | 'clientIdMetadataDocuments'
      | 'strict'
      | 'roles'
      | 'userPermissions'
      | 'identityProvider'
      | 'rateLimit'
      | 'metadataForms'
      | 'audience'
      | 'machineScopes'
      | 'foreignResource'
      | 'rotation'
      | 'cors'
    >,
  ): void;
  /** How often a path was requested since the start or the last reset, e.g. `/keys`. */
  requestCount(path: string): number;
  /** Forgets clients, sessions, grants, counts and faults; keeps the key. */
  reset(): Promise<void>;
  close(): Promise<void>;
}
