// The Scalekit provider: verifies access tokens, and tells clients where to get one.
import { hash } from 'node:crypto';
import type { JWTHeaderParameters, JWTPayload } from 'jose';
import * as errors from 'jose/errors';
import { jwtVerify } from 'jose/jwt/verify';
import type { Checked } from '../scalekit/checked.ts';
import { endpoints, serverUrls } from '../scalekit/endpoints.ts';
import { checkResourceId } from '../scalekit/identifiers.ts';
import {
  acceptedIssuers,
  accessTokenTypes,
  clockToleranceSeconds,
  maximumLifetimeSeconds,
  scopesOf,
  signingAlgorithm,
} from '../scalekit/tokens.ts';
import { checkEnvironmentUrl, checkMcpUrl } from '../scalekit/urls.ts';
import type { Access, User } from './access.ts';
import { AuthorizationServerMetadata } from './authorization-server.ts';
import { KeySet } from './keys.ts';
import type { Scopes } from './scopes.ts';

export interface ScalekitOptions<Scope extends string = string> {
  /** `https://<name>.scalekit.dev`: Dashboard > Settings. */
  readonly environmentUrl: string;
  /** `res_…`, the id of this MCP server: Dashboard > MCP Servers. */
  readonly resourceId: string;
  /** The public base URL of this server, with a trailing slash and without `/mcp`. */
  readonly mcpUrl: string;
  /** What `defineScopes` returned. */
  readonly scopes: Scopes<Scope>;
}

const second = 1000;
/** A verified token is not verified again for this long. */
const rememberedFor = 60 * second;
const rememberedTokens = 20_000;

const tokenForm = /^[\w-]+\.[\w-]+\.[\w-]+$/;

/** Why a token is refused: the code is for the log, the sentence for the client. Neither holds a value of the token. */
const refusals = {
  token_malformed: 'The access token is malformed',
  token_algorithm: 'The access token is not signed with RS256',
  token_type: 'This is not an access token',
  token_key_unknown: 'The access token is signed with an unknown key',
  token_signature: 'The signature of the access token does not match',
  token_issuer: 'The access token was issued by another authorization server',
  token_audience: 'The access token was issued for another server',
  token_subject: 'The access token names no subject',
  token_expired: 'The access token has expired',
  token_not_yet_valid: 'The access token is not valid yet',
  token_lifetime: 'The access token is valid for longer than a day',
  token_sender_bound: 'The access token is bound to a key of its sender and cannot be used as a bearer token',
} as const;
export type TokenRefusal = keyof typeof refusals;

/** The token is no good: 401, and the client gets a new one. */
export class InvalidToken extends Error {
  override readonly name = 'InvalidToken';
  readonly reason: TokenRefusal;
  /** What the token says, where its signature is good. */
  readonly claims: JWTPayload;

  constructor(reason: TokenRefusal, claims: JWTPayload = {}) {
    super(refusals[reason]);
    this.reason = reason;
    this.claims = claims;
  }
}

/** Tells a provider where it runs: for `serve`, which has the variables. */
export const deployed = Symbol('deployed');

/** What depends on where a server runs rather than on what it is. */
export interface Deployment {
  /** Where challenges send clients for the metadata, when the host's root belongs to another program. */
  readonly metadataUrl: string | undefined;
  /** Where Scalekit answers from inside a container. */
  readonly internalUrl: string | undefined;
}

/** How far Scalekit's clock and ours may be apart, in seconds: for tests, which `scalekit-mcp-server/testing` sets. */
export const clockTolerance = Symbol('clock tolerance');

/**
 * Verifies Scalekit's access tokens for one MCP server, and tells clients where to get one.
 *
 * @example
 * new ScalekitProvider({
 *   environmentUrl: 'https://acme.scalekit.dev',
 *   resourceId: 'res_123',
 *   mcpUrl: 'https://mcp.example.com/',
 *   scopes,
 * });
 * @throws TypeError when an option breaks its rule; it says which, the value and what was expected.
 */
export class ScalekitProvider<Scope extends string = string> {
  /** Where clients reach this server's MCP: the `resource` of the metadata, byte for byte. */
  readonly endpoint: URL;
  /** Where clients are sent for the metadata (RFC 9728: the well-known part goes before the path). */
  metadataUrl: URL;
  readonly keys: KeySet;
  /** Scalekit's own metadata, for clients that look for it at this server. */
  authorizationServer: AuthorizationServerMetadata;
  readonly scopes: Scopes<Scope>;
  readonly #environmentUrl: string;
  readonly #resourceId: string;
  /** The two issuers of this environment: Scalekit is moving from the first to the second. */
  readonly #issuers: readonly [string, string];
  readonly #clockTolerance: number;
  readonly #verified = new Map<string, { access: Access<Scope>; until: number; keysVersion: number }>();

  constructor(options: ScalekitOptions<Scope> & { readonly [clockTolerance]?: number }) {
    this.#environmentUrl = checkedValue('environmentUrl', checkEnvironmentUrl(options.environmentUrl));
    this.#resourceId = checkedValue('resourceId', checkResourceId(options.resourceId));
    const urls = serverUrls(checkedValue('mcpUrl', checkMcpUrl(options.mcpUrl)));
    this.endpoint = new URL(urls.endpoint);
    this.metadataUrl = new URL(urls.metadata);
    this.scopes = options.scopes;
    const scalekit = endpoints(this.#environmentUrl, this.#resourceId);
    this.keys = new KeySet(scalekit.keys);
    this.authorizationServer = new AuthorizationServerMetadata([
      scalekit.metadata,
      scalekit.metadataAppended,
    ]);
    this.#issuers = acceptedIssuers(this.#environmentUrl, this.#resourceId);
    this.#clockTolerance = options[clockTolerance] ?? clockToleranceSeconds;
  }

  [deployed]({ metadataUrl, internalUrl }: Deployment): void {
    if (metadataUrl !== undefined) this.metadataUrl = new URL(metadataUrl);
    if (internalUrl === undefined) return;
    const { keys, metadata, metadataAppended } = endpoints(internalUrl, this.#resourceId);
    this.keys.moveTo(keys);
    this.authorizationServer = new AuthorizationServerMetadata([metadata, metadataAppended]);
  }

  /** The protected resource metadata (RFC 9728). */
  metadata(name: string) {
    return {
      resource: this.endpoint.href,
      resource_name: name,
      authorization_servers: [this.#issuers[1]],
      scopes_supported: this.scopes.names,
      bearer_methods_supported: ['header'],
    };
  }

  /**
   * The `WWW-Authenticate` header that sends a client for a token, or for a better one (RFC 6750, section 3).
   * @param error nothing where the client sent no token at all.
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
   * @param token as it came in the `Authorization` header.
   * @throws InvalidToken when the token is no good; anything else means that this could not be found out.
   */
  async verify(token: string): Promise<Access<Scope>> {
    const id = hash('sha256', token, 'base64');
    const known = this.#verified.get(id);
    const keysVersion = this.keys.version;
    if (known && known.until > Date.now() && known.keysVersion === keysVersion) {
      this.#remember(id, known);
      return known.access;
    }
    const access = await this.#verify(token);
    // A token that was verified with keys which have been replaced meanwhile is verified again the next time.
    const until = Math.min(Number(access.user.claims.exp) * second, Date.now() + rememberedFor);
    this.#remember(id, { access, until, keysVersion });
    return access;
  }

  async #verify(token: string): Promise<Access<Scope>> {
    if (!tokenForm.test(token)) throw new InvalidToken('token_malformed');
    const { payload, protectedHeader } = await jwtVerify(token, this.keys.find, {
      algorithms: [signingAlgorithm],
      issuer: [...this.#issuers],
      // The resource id, and not the URL: it is in every token, and no trailing slash can make it differ.
      audience: this.#resourceId,
      requiredClaims: ['exp', 'sub'],
      clockTolerance: this.#clockTolerance,
    }).catch((error: unknown) => {
      const reason = refusalOf(error);
      throw reason ? new InvalidToken(reason, claimsOf(error)) : error;
    });
    const reason = refusalOfClaims(protectedHeader, payload, this.#clockTolerance);
    if (reason) throw new InvalidToken(reason, payload);
    return { user: this.#userOf(payload), scopes: this.scopes.grantedBy(scopesOf(payload)) };
  }

  #userOf(claims: JWTPayload): User {
    const subject = String(claims.sub);
    const clientId = claims.client_id;
    return {
      // Not the issuer as it is in the token: the environment has two of them, and both mean the same person.
      id: `${this.#environmentUrl}#${subject}`,
      subject,
      clientId: typeof clientId === 'string' ? clientId : undefined,
      claims,
    };
  }

  #remember(id: string, entry: { access: Access<Scope>; until: number; keysVersion: number }): void {
    // Taken out and put in again, it is the newest: a Map keeps the place of what is only set.
    this.#verified.delete(id);
    this.#verified.set(id, entry);
    if (this.#verified.size <= rememberedTokens) return;
    const [longestUnused] = this.#verified.keys();
    if (longestUnused !== undefined) this.#verified.delete(longestUnused);
  }
}

function checkedValue(option: keyof ScalekitOptions, checked: Checked<string>): string {
  if (checked.ok) return checked.value;
  const { reason, actual, expected } = checked.problem;
  throw new TypeError(`${option} is \`${actual}\`: ${reason}. Expected: ${expected}`);
}

/** What jose leaves to us (RFC 8725, RFC 9068, RFC 9449 section 7.2). */
function refusalOfClaims(
  { typ }: JWTHeaderParameters,
  claims: JWTPayload,
  tolerance: number,
): TokenRefusal | undefined {
  const now = Date.now() / second;
  const { sub, cnf, iat = now, exp = Number.NaN } = claims;
  if (!isAccessTokenType(typ)) return 'token_type';
  if (typeof sub !== 'string' || sub.trim() === '') return 'token_subject';
  if (cnf !== undefined) return 'token_sender_bound';
  if (typeof iat !== 'number') return 'token_malformed';
  if (iat > now + tolerance) return 'token_not_yet_valid';
  // Written so that a time that is no number is refused, too.
  return exp - iat <= maximumLifetimeSeconds ? undefined : 'token_lifetime';
}

/** The type is optional, and its case is free. */
function isAccessTokenType(typ: unknown): boolean {
  return typ === undefined || (typeof typ === 'string' && accessTokenTypes.includes(typ.toLowerCase()));
}

const claimRefusals: Readonly<Record<string, TokenRefusal>> = {
  iss: 'token_issuer',
  aud: 'token_audience',
  sub: 'token_subject',
  nbf: 'token_not_yet_valid',
};

/** Which of jose's errors are the token's fault. All others are ours or the key server's: no reason to drop a token. */
function refusalOf(error: unknown): TokenRefusal | undefined {
  if (error instanceof errors.JWTExpired) return 'token_expired';
  if (error instanceof errors.JWTClaimValidationFailed)
    return claimRefusals[error.claim] ?? 'token_malformed';
  if (error instanceof errors.JWSSignatureVerificationFailed) return 'token_signature';
  if (error instanceof errors.JWKSNoMatchingKey) return 'token_key_unknown';
  if (error instanceof errors.JWKSMultipleMatchingKeys) return 'token_key_unknown';
  if (error instanceof errors.JOSEAlgNotAllowed) return 'token_algorithm';
  if (error instanceof errors.JOSENotSupported) return 'token_malformed';
  if (error instanceof errors.JWSInvalid || error instanceof errors.JWTInvalid) return 'token_malformed';
  return undefined;
}

/** jose looks at the claims after the signature, and hands on what it saw. */
function claimsOf(error: unknown): JWTPayload | undefined {
  const aboutClaims = error instanceof errors.JWTExpired || error instanceof errors.JWTClaimValidationFailed;
  return aboutClaims ? error.payload : undefined;
}
