// Access tokens: verified against Scalekit's keys and our policy, and remembered for a minute.
import { hash } from 'node:crypto';
import type { JWTPayload } from 'jose';
import { jwtVerify } from 'jose/jwt/verify';
import {
  acceptedIssuers,
  clockToleranceSeconds,
  isMachine,
  organizationOf,
  scopesOf,
  signingAlgorithm,
  textsIn,
} from '../scalekit/tokens.ts';
import type { Access, User } from './access.ts';
import { claimsOf, InvalidToken, refusalOf, refusalOfClaims } from './invalid-token.ts';
import type { KeySet } from './keys.ts';
import type { Scopes } from './scopes.ts';

const second = 1000;
/** A verified token is not verified again for this long. */
const rememberedFor = 60 * second;
/** So many, those that were used last. */
const rememberedTokens = 20_000;

const tokenForm = /^[\w-]+\.[\w-]+\.[\w-]+$/;

/** For which server tokens have to be, and who has to have signed them. */
export interface TokenRules<Scope extends string> {
  readonly environmentUrl: string;
  readonly resourceId: string;
  readonly keys: KeySet;
  readonly scopes: Scopes<Scope>;
  /** In seconds. */
  readonly clockTolerance: number | undefined;
  /** How many verified tokens are remembered; default 20,000. */
  readonly rememberedTokens?: number;
}

/** Tells the good access tokens of one server from all others. */
export class TokenVerifier<Scope extends string> {
  readonly #environmentUrl: string;
  readonly #resourceId: string;
  readonly #keys: KeySet;
  readonly #scopes: Scopes<Scope>;
  /** The two issuers of this environment: Scalekit is moving from the first to the second. */
  readonly #issuers: readonly [string, string];
  readonly #clockTolerance: number;
  readonly #rememberedTokens: number;
  readonly #verified = new Map<string, { access: Access<Scope>; until: number; keysVersion: number }>();

  constructor(rules: TokenRules<Scope>) {
    const { environmentUrl, resourceId, keys, scopes, clockTolerance } = rules;
    this.#rememberedTokens = rules.rememberedTokens ?? rememberedTokens;
    this.#environmentUrl = environmentUrl;
    this.#resourceId = resourceId;
    this.#keys = keys;
    this.#scopes = scopes;
    this.#issuers = acceptedIssuers(environmentUrl, resourceId);
    this.#clockTolerance = clockTolerance ?? clockToleranceSeconds;
  }

  /**
   * @param token as it came in the `Authorization` header.
   * @throws InvalidToken when the token is invalid; any other error means that this could not be found out.
   */
  async verify(token: string): Promise<Access<Scope>> {
    const id = hash('sha256', token, 'base64');
    const known = this.#verified.get(id);
    const keysVersion = this.#keys.version;
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
    const { payload, protectedHeader } = await jwtVerify(token, this.#keys.find, {
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
    return { user: this.#userOf(payload), scopes: this.#scopes.grantedBy(scopesOf(payload)) };
  }

  #userOf(claims: JWTPayload): User {
    const subject = String(claims.sub);
    const clientId = claims.client_id;
    return {
      // Not the issuer as it is in the token: the environment has two of them, and both mean the same person.
      id: `${this.#environmentUrl}#${subject}`,
      subject,
      clientId: typeof clientId === 'string' ? clientId : undefined,
      kind: isMachine(claims) ? 'machine' : 'person',
      organization: organizationOf(claims),
      roles: textsIn(claims.roles),
      permissions: textsIn(claims.permissions),
      claims,
    };
  }

  #remember(id: string, entry: { access: Access<Scope>; until: number; keysVersion: number }): void {
    // Taken out and put in again, it is the newest: a Map keeps the place of what is only set.
    this.#verified.delete(id);
    this.#verified.set(id, entry);
    if (this.#verified.size <= this.#rememberedTokens) return;
    const [longestUnused] = this.#verified.keys();
    if (longestUnused !== undefined) this.#verified.delete(longestUnused);
  }
}
