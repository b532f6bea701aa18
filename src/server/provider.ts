// The Scalekit provider: verifies access tokens, and tells clients where to get one. This is the package's `./provider`.
import type { Checked } from '../scalekit/checked.ts';
import { checkRedisUrl } from '../scalekit/deny-list.ts';
import { endpoints, serverUrls } from '../scalekit/endpoints.ts';
import { checkResourceId } from '../scalekit/identifiers.ts';
import { acceptedIssuers } from '../scalekit/tokens.ts';
import { checkEnvironmentUrl, checkMcpUrl } from '../scalekit/urls.ts';
import type { Access, User } from './access.ts';
import { type AuthInfo, authInfoOf, type CarriesUser, userIn } from './auth-info.ts';
import { AuthorizationServerMetadata } from './authorization-server.ts';
import type { DenyOptions } from './deny-list.ts';
import { clockTolerance, type Deployment, denyList, deployed } from './deployment.ts';
import { FollowedDenyList } from './followed-deny-list.ts';
import {
  checkRequest,
  type Middleware,
  metadataFor,
  metadataGuard,
  type ScopeGuard,
  scopeGuard,
  tokenGuard,
  toolGuard,
} from './guards.ts';
import { InvalidToken } from './invalid-token.ts';
import { KeySet } from './keys.ts';
import type { Log } from './log.ts';
import type { Refusal } from './refusal.ts';
import { Scopes } from './scopes.ts';
import { TokenVerifier } from './token-verifier.ts';
import { type AccessTokenVerifier, createVerifier } from './verifier.ts';

export type { Access, User } from './access.ts';
export type { AuthInfo, CarriesUser } from './auth-info.ts';
export type { DenyOptions } from './deny-list.ts';
export type { GuardedRequest, Middleware, ScopeChallenge, ScopeGuard } from './guards.ts';
export { InvalidToken, type TokenRefusal } from './invalid-token.ts';
export { KeysUnavailable } from './keys.ts';
export type { Refusal } from './refusal.ts';
export { type ScopeOptions, Scopes } from './scopes.ts';
export type { AccessTokenVerifier } from './verifier.ts';

/** What a provider has to know about Scalekit and this server. */
export interface ScalekitOptions<Scope extends string = string> {
  /** `https://<name>.scalekit.dev`: Dashboard > Settings. */
  readonly environmentUrl: string;
  /** `res_…`, the id of this MCP server: Dashboard > MCP Servers. */
  readonly resourceId: string;
  /** The public base URL of this server, with a trailing slash and without `/mcp`. */
  readonly mcpUrl: string;
  /** What `defineScopes` returned, or the scopes' names as in the dashboard. */
  readonly scopes: Scopes<Scope> | readonly Scope[];
  /**
   * Who is refused although their tokens are valid (docs/revocation.md): a list in a file, in Redis, or in both. It is read from
   * the first token on, and again and again; `close()` ends that. `serve` takes DENY_FILE and REDIS_URL in its place.
   */
  readonly deny?: DenyOptions;
  /**
   * Called for each request that `middleware()`, `authenticate()` or a guard for scopes refuses: its `status`, `reason` and
   * `message` are for a log, and contain nothing of the token. `createServer` logs by itself.
   */
  readonly onRefused?: (refusal: Refusal) => void;
}

/** Which tools need no token. */
export interface PublicTools {
  /** Their names. Default: none, and every request needs a token. */
  readonly public?: readonly string[];
}

/** The protected resource metadata (RFC 9728). */
export interface ResourceMetadata {
  /** The MCP endpoint. */
  resource: string;
  /** The server's name, for people. */
  resource_name?: string;
  /** Who issues tokens: Scalekit. */
  authorization_servers: string[];
  /** The scopes that can be asked for. */
  scopes_supported: string[];
  /** Where tokens are taken from: the header alone. */
  bearer_methods_supported: string[];
}

/**
 * Verifies Scalekit's access tokens for one MCP server, and tells clients where to get one. It does not listen and changes
 * no process settings: keys are fetched when the first token comes.
 *
 * @example
 * const auth = new ScalekitProvider({
 *   environmentUrl: 'https://acme.scalekit.dev',
 *   resourceId: 'res_123',
 *   mcpUrl: 'https://mcp.example.com/',
 *   scopes: ['todo:read', 'todo:write'],
 * });
 * app.use(auth.metadataRouter('Todo MCP'));
 * app.use('/mcp', auth.middleware());
 * @throws TypeError when an option is invalid; it names the option, the value and what was expected.
 */
export class ScalekitProvider<Scope extends string = string> {
  /** The MCP endpoint: exactly the `resource` of the metadata. */
  readonly endpoint: URL;
  /** Where clients are sent for the metadata (RFC 9728: the well-known part goes before the path). */
  metadataUrl: URL;
  /** Scalekit's signing keys. */
  readonly keys: KeySet;
  /** Scalekit's own metadata, for clients that look for it at this server. */
  authorizationServer: AuthorizationServerMetadata;
  /** The scopes of this server. */
  readonly scopes: Scopes<Scope>;
  /** Called for each request that a guard refuses. */
  readonly onRefused: ((refusal: Refusal) => void) | undefined;
  /** @internal */
  [denyList]: FollowedDenyList | undefined;
  readonly #resourceId: string;
  readonly #issuer: string;
  readonly #tokens: TokenVerifier<Scope>;

  constructor(options: ScalekitOptions<Scope> & { readonly [clockTolerance]?: number }) {
    const environmentUrl = checkedValue('environmentUrl', checkEnvironmentUrl(options.environmentUrl));
    const resourceId = checkedValue('resourceId', checkResourceId(options.resourceId));
    const urls = serverUrls(checkedValue('mcpUrl', checkMcpUrl(options.mcpUrl)));
    const scalekit = endpoints(environmentUrl, resourceId);
    const scopes = scopesNamed(options.scopes);
    const keys = new KeySet(scalekit.keys);
    this.endpoint = new URL(urls.endpoint);
    this.metadataUrl = new URL(urls.metadata);
    this.scopes = scopes;
    this.keys = keys;
    this.authorizationServer = new AuthorizationServerMetadata([
      scalekit.metadata,
      scalekit.metadataAppended,
    ]);
    this.onRefused = options.onRefused;
    this.#resourceId = resourceId;
    this.#issuer = acceptedIssuers(environmentUrl, resourceId)[1];
    const rules = { environmentUrl, resourceId, keys, scopes, clockTolerance: options[clockTolerance] };
    this.#tokens = new TokenVerifier(rules);
    this.#denyBy(options.deny);
  }

  /** @internal */
  [deployed]({ metadataUrl, internalUrl, deny }: Deployment): void {
    this.#denyBy(deny);
    if (metadataUrl !== undefined) this.metadataUrl = new URL(metadataUrl);
    if (internalUrl === undefined) return;
    const { keys, metadata, metadataAppended } = endpoints(internalUrl, this.#resourceId);
    this.keys.moveTo(keys);
    this.authorizationServer = new AuthorizationServerMetadata([metadata, metadataAppended]);
  }

  /**
   * The protected resource metadata (RFC 9728), for a server that serves it by itself; `metadataRouter` does that at all paths.
   *
   * @param name what people see when they sign in.
   * @example
   * app.get(auth.metadataUrl.pathname, (_req, res) => res.json(auth.metadata('Todo MCP')));
   */
  metadata(name?: string): ResourceMetadata {
    return {
      resource: this.endpoint.href,
      ...(name !== undefined && { resource_name: name }),
      authorization_servers: [this.#issuer],
      scopes_supported: [...this.scopes.names],
      bearer_methods_supported: ['header'],
    };
  }

  /**
   * The `WWW-Authenticate` header that sends a client for a token, or for a better one (RFC 6750, section 3).
   * @param error leave it out if the client sent no token at all.
   * @param scope what the client has to request; the base scopes by default.
   * @example
   * res.setHeader('WWW-Authenticate', auth.challenge({ code: 'invalid_token', description: 'The token was withdrawn' }));
   */
  challenge(
    error?: { code: string; description: string },
    scope: readonly string[] = this.scopes.base,
  ): string {
    const parameters = {
      ...(error && { error: error.code, error_description: error.description }),
      scope: scope.join(' '),
      resource_metadata: this.metadataUrl.href,
    };
    const pairs = Object.entries(parameters).map(([name, value]) => `${name}="${value}"`);
    return `Bearer ${pairs.join(', ')}`;
  }

  /**
   * Verifies an access token: its signature, issuer, audience, times and type.
   *
   * @param token as it came in the `Authorization` header, without `Bearer`.
   * @returns whose it is, and which of this server's scopes it has.
   * @throws InvalidToken when the token is invalid; any other error means that this could not be found out.
   * @example
   * const { user, scopes } = await auth.verify(token);
   */
  async verify(token: string): Promise<Access<Scope>> {
    const access = await this.#tokens.verify(token);
    const { claims } = access.user;
    const denied = this[denyList];
    if (denied?.isFresh === false) await denied.freshen();
    // After the signature, so that only the token's holder learns that it is on the list.
    if (denied?.denies(claims)) throw new InvalidToken('token_denied', claims);
    return access;
  }

  /** Stops reading the deny list, which is all that the provider keeps open. The next token starts it again. */
  async close(): Promise<void> {
    await this[denyList]?.close();
  }

  /**
   * What `requireBearerAuth` of the official SDK takes, of version 1 and 2. `middleware()` can do more: docs/provider.md.
   *
   * @example
   * app.use('/mcp', requireBearerAuth({
   *   verifier: auth.verifier,
   *   resourceMetadataUrl: auth.metadataUrl.href,
   * }));
   */
  get verifier(): AccessTokenVerifier<Scope> {
    return createVerifier(async (token) => authInfoOf(token, await this.verify(token), this));
  }

  /**
   * Middleware for Express, or for `node:http`, that lets in requests with a valid token, and passes on in `req.auth` what it
   * allows. All others get an answer: 401 with the challenge that starts a sign-in, 503 with `Retry-After` if Scalekit's
   * keys are not available, so that no client throws a valid token away.
   *
   * @param options `public`: the names of tools that may be called without a token. Clients can then connect and list tools
   *   without one; everything else still is 401. It reads `req.body`, which has to be the parsed body, and what the SDK gets.
   * @example
   * app.use('/mcp', auth.middleware());
   * @example
   * app.use('/mcp', express.json(), auth.middleware({ public: ['search_catalogue'] }));
   */
  middleware(options: PublicTools = {}): Middleware {
    return tokenGuard(this, options.public);
  }

  /**
   * Requires all of these scopes, or refuses with 403 and a challenge that names what to request: these, those of the token,
   * and the base. It fits an Express route after `middleware()`, and the `scopeChallenge` of a tool in SDK 2.
   *
   * @example
   * app.get('/export', auth.middleware(), auth.requireScopes('todo:read'), sendExport);
   * @example
   * server.registerTool('create_todo', { inputSchema, scopeChallenge: auth.requireScopes('todo:write') }, createTodo);
   * @throws TypeError when a scope is not one of this server's.
   */
  requireScopes(...needed: readonly [Scope, ...Scope[]]): ScopeGuard {
    this.#checkScopes(needed);
    return scopeGuard(this, needed);
  }

  /**
   * Requires each tool's scopes, for servers on SDK 1, which cannot answer a tool call with 403 by itself. It goes after
   * `middleware()` and `express.json()`, and the SDK has to get what it has checked: `req.body`.
   *
   * @param tools the scopes that each tool needs; `[]` for none. A tool that is left out needs all scopes.
   * @example
   * app.post('/mcp', auth.middleware(), express.json(), auth.requireToolScopes({
   *   list_todos: ['todo:read'],
   *   create_todo: ['todo:write'],
   * }), handleMcp);
   * @throws TypeError when a scope is not one of this server's.
   */
  requireToolScopes(tools: Readonly<Record<string, readonly Scope[]>>): Middleware {
    this.#checkScopes(Object.values(tools).flat());
    return toolGuard(this, tools);
  }

  /**
   * The same as `middleware()` for servers that get a `Request`: Hono, Deno, Bun, serverless hosts.
   *
   * @param needed scopes that every request needs; none by default.
   * @returns the SDK's `authInfo`, or the answer for a client that is not let in.
   * @example
   * const authInfo = await auth.authenticate(request);
   * if (authInfo instanceof Response) return authInfo;
   * return await mcp.fetch(request, { authInfo });
   */
  authenticate(request: Request, ...needed: readonly Scope[]): Promise<AuthInfo<Scope> | Response> {
    this.#checkScopes(needed);
    return checkRequest(this, request, { needed }) as Promise<AuthInfo<Scope> | Response>;
  }

  /**
   * The same as `middleware({ public })` for servers that get a `Request`.
   *
   * @param message the parsed body. The SDK has to get the same, and not the body once more.
   * @returns the SDK's `authInfo`; nothing if there is no token, and none is needed; or the answer for a client that is not let in.
   * @example
   * const parsedBody = await request.json().catch(() => null);
   * const authInfo = await auth.authenticateUnlessPublic(request, parsedBody, { public: ['search_catalogue'] });
   * if (authInfo instanceof Response) return authInfo;
   * return await mcp.fetch(request, { ...(authInfo && { authInfo }), parsedBody });
   */
  authenticateUnlessPublic(
    request: Request,
    message: unknown,
    options: PublicTools,
  ): Promise<AuthInfo<Scope> | Response | undefined> {
    const { public: open = [] } = options;
    return checkRequest(this, request, { open, message }) as Promise<AuthInfo<Scope> | Response | undefined>;
  }

  /**
   * Middleware that answers clients which look for metadata, at every path where they do: this server's (RFC 9728), and
   * Scalekit's for old clients (RFC 8414). It passes everything else on.
   *
   * @param name what people see when they sign in.
   * @example
   * app.use(auth.metadataRouter('Todo MCP'));
   */
  metadataRouter(name?: string): Middleware {
    return metadataGuard(this, name);
  }

  /**
   * The same as `metadataRouter()` for servers that get a `Request`.
   *
   * @returns the metadata if it is requested, else nothing.
   * @example
   * const metadata = await auth.metadataResponse(request, 'Todo MCP');
   * if (metadata) return metadata;
   */
  metadataResponse(request: Request, name?: string): Promise<Response | undefined> {
    return metadataFor(this, request, name);
  }

  /**
   * Whose token it is, from what the SDK passes to a tool.
   *
   * @example
   * // SDK 1
   * server.registerTool('list_todos', {}, async ({ authInfo }) => listTodos(auth.userOf(authInfo).id));
   * // SDK 2
   * server.registerTool('list_todos', {}, async ({ http }) => listTodos(auth.userOf(http?.authInfo).id));
   * @throws TypeError if it did not come from this class.
   */
  userOf(authInfo: CarriesUser | undefined): User {
    return userIn(authInfo);
  }

  #denyBy({ file, redisUrl }: DenyOptions = {}): void {
    const checked = checkRedisUrl(redisUrl ?? 'redis://localhost');
    // Without the value, which may have a password in it.
    if (!checked.ok) throw new TypeError(`deny.redisUrl is wrong. Expected: ${checked.problem.expected}`);
    if (file === undefined && redisUrl === undefined) return;
    const log: Log = (...line) => this.keys.log?.(...line);
    this[denyList] = new FollowedDenyList({ file, redisUrl }, this.#resourceId, log);
  }

  #checkScopes(names: readonly string[]): void {
    const unknown = names.find((name) => !this.scopes.has(name));
    if (unknown === undefined) return;
    const expected = this.scopes.names.join(', ');
    throw new TypeError(`\`${unknown}\` is not a scope of this server. Expected: ${expected}`);
  }
}

/** Names alone have no descriptions. */
function scopesNamed<Scope extends string>(scopes: Scopes<Scope> | readonly Scope[]): Scopes<Scope> {
  if (scopes instanceof Scopes) return scopes;
  return new Scopes(
    Object.fromEntries(scopes.map((name) => [name, name])) as unknown as Record<Scope, string>,
  );
}

function checkedValue(option: keyof ScalekitOptions, checked: Checked<string>): string {
  if (checked.ok) return checked.value;
  const { reason, actual, expected } = checked.problem;
  throw new TypeError(`${option} is \`${actual}\`: ${reason}. Expected: ${expected}`);
}
