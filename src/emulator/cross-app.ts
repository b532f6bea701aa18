import { createRemoteJWKSet, errors, type JWTPayload, type JWTVerifyGetKey, jwtVerify } from 'jose';
import type { Client, Provider, TokenEndpointGrantContext } from 'oidc-provider';
import { CustomOIDCProviderError } from 'oidc-provider/lib/helpers/errors.js';
import { jwtBearerGrant } from './normalize.ts';
import { permitted } from './permissions.ts';
import { resourceServer } from './resource-server.ts';
import { type Settings, scopeNames } from './settings.ts';

// Cross-app access: an ID-JAG of the company's identity provider instead of a person's consent
// (draft-ietf-oauth-identity-assertion-authz-grant; docs/scalekit.md#machines-and-organizations).

interface Parameters {
  readonly assertion?: string | undefined;
  readonly scope?: string | undefined;
}

/** How long an identity provider may take to answer, in ms. */
const patience = 5000;

/** The draft's section 4.4.1 and RFC 7523, section 3.1, name the error; the reason is for the developer. */
function invalidGrant(reason: string): CustomOIDCProviderError {
  return new CustomOIDCProviderError('invalid_grant', reason);
}

async function metadataAt(url: string): Promise<Record<string, unknown> | undefined> {
  const response = await fetch(url, { redirect: 'error', signal: AbortSignal.timeout(patience) });
  return response.ok ? ((await response.json()) as Record<string, unknown>) : undefined;
}

/**
 * Finds an identity provider's keys through its metadata, whose issuer has to be the one that is trusted.
 * @throws Error if there is none.
 */
async function keysOf(issuer: string): Promise<JWTVerifyGetKey> {
  const base = issuer.replace(/\/$/, '');
  const found =
    (await metadataAt(`${base}/.well-known/openid-configuration`)) ??
    (await metadataAt(`${base}/.well-known/oauth-authorization-server`));
  if (found === undefined || found.issuer !== issuer || typeof found.jwks_uri !== 'string')
    throw new Error(`the metadata of ${issuer} does not name it as issuer, or has no jwks_uri`);
  return createRemoteJWKSet(new URL(found.jwks_uri), { timeoutDuration: patience });
}

/** Keeps the keys of the one trusted identity provider, until another one is trusted. */
class TrustedKeys {
  #issuer: string | undefined;
  #keys: Promise<JWTVerifyGetKey> | undefined;

  of(issuer: string): Promise<JWTVerifyGetKey> {
    if (this.#issuer !== issuer || this.#keys === undefined) {
      this.#issuer = issuer;
      this.#keys = keysOf(issuer);
      // A provider that could not be reached is asked again.
      this.#keys.catch(() => {
        this.#keys = undefined;
      });
    }
    return this.#keys;
  }
}

async function verify(settings: Settings, keys: TrustedKeys, assertion: string): Promise<JWTPayload> {
  const { identityProvider, endpoints, url } = settings;
  try {
    const { payload } = await jwtVerify(assertion, await keys.of(identityProvider), {
      issuer: identityProvider,
      audience: [endpoints.issuer, url],
      typ: 'oauth-id-jag+jwt',
      requiredClaims: ['sub', 'jti', 'exp', 'iat', 'client_id'],
      algorithms: ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'EdDSA'],
    });
    return payload;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw invalidGrant(
      error instanceof errors.JOSEError
        ? `the ID-JAG is not valid: ${reason}`
        : `the keys of ${identityProvider} cannot be had: ${reason}`,
    );
  }
}

/** The draft's section 4.4: the ID-JAG is for this client and, if it names a resource, for this one. */
function checkMeaning(settings: Settings, client: Client, claims: JWTPayload): void {
  if (claims.client_id !== client.clientId)
    throw invalidGrant(`the ID-JAG is for the client ${String(claims.client_id)}`);
  const named = [claims.resource ?? []].flat();
  const own = [settings.resource, settings.mcpUrl, settings.resourceId];
  if (named.length > 0 && !named.some((resource) => own.includes(String(resource))))
    throw invalidGrant(`the ID-JAG is for the resource ${named.join(', ')}, not ${settings.resource}`);
}

/** @returns the user of an ID-JAG: by the subject, or else by the email address. */
function personOf({ users }: Settings, { sub, email }: JWTPayload) {
  const person = users.find((user) => user.id === sub) ?? users.find((user) => user.email === email);
  if (person === undefined)
    throw invalidGrant(`the local Scalekit has no user ${String(email ?? sub)}: see --users`);
  return person;
}

/** Only what the ID-JAG says, the request asks for, the server has and the person may do. */
function scopesFor(settings: Settings, userId: string, { scope }: JWTPayload, asked: string | undefined) {
  const all = scopeNames(settings);
  const within = (list: unknown) => (typeof list === 'string' && list.trim() !== '' ? list.split(' ') : all);
  const granted = within(scope);
  const wanted = within(asked);
  return permitted(
    settings,
    userId,
    all.filter((name) => granted.includes(name) && wanted.includes(name)),
  );
}

interface Issued {
  readonly client: Client;
  readonly userId: string;
  readonly scopes: readonly string[];
}

/** An access token without a refresh token, so that the identity provider decides each time (the draft, section 4.4.3). */
async function issue(provider: Provider, settings: Settings, { client, userId, scopes }: Issued) {
  const grant = new provider.Grant({ accountId: userId, clientId: client.clientId });
  const token = new provider.AccessToken({
    accountId: userId,
    client,
    grantId: await grant.save(),
    gty: jwtBearerGrant,
    resourceServer: new provider.ResourceServer(
      settings.resource,
      resourceServer(settings, settings.resource),
    ),
    scope: scopes.join(' '),
  });
  return {
    access_token: await token.save(),
    token_type: 'Bearer',
    expires_in: token.expiration,
    scope: scopes.join(' '),
  };
}

/** Adds the grant to the authorization server, for clients of every origin. */
export function addCrossAppAccess(provider: Provider, settings: Settings): void {
  const keys = new TrustedKeys();
  const allowed = provider.Client.prototype.grantTypeAllowed;
  provider.Client.prototype.grantTypeAllowed = function (this: Client, type: string) {
    return type === jwtBearerGrant || allowed.call(this, type);
  };
  const handle = async (context: TokenEndpointGrantContext<Parameters>): Promise<void> => {
    const { client, params } = context.oidc;
    if (!params.assertion)
      throw new CustomOIDCProviderError('invalid_request', 'the parameter assertion is missing');
    const claims = await verify(settings, keys, params.assertion);
    checkMeaning(settings, client, claims);
    const isNew = await provider.ReplayDetection.unique(
      String(claims.iss),
      String(claims.jti),
      Number(claims.exp),
    );
    if (!isNew) throw invalidGrant('the ID-JAG has been used before');
    const person = personOf(settings, claims);
    const scopes = scopesFor(settings, person.id, claims, params.scope);
    context.body = await issue(provider, settings, { client, userId: person.id, scopes });
  };
  provider.registerGrantType<Parameters>(jwtBearerGrant, handle, ['assertion', 'scope', 'resource']);
}
