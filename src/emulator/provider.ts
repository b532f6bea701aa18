import { randomBytes } from 'node:crypto';
import type { EventEmitter } from 'node:events';
import type { Configuration, Grant, KoaContextWithOIDC, Provider as ProviderType } from 'oidc-provider';
import { InvalidScope } from 'oidc-provider/lib/helpers/errors.js';
import { base } from 'oidc-provider/lib/helpers/interaction_policy/index.js';
import { Provider } from 'oidc-provider/lib/provider.js';
import { openIdScopes, signingAlgorithm } from '../scalekit/index.ts';
import { fetchClientDocument } from './client-documents.ts';
import { addCrossAppAccess } from './cross-app.ts';
import { type KeyRing, randomDigits } from './keys.ts';
import { clientAuthMethods } from './metadata.ts';
import { isLocalRedirect } from './redirects.ts';
import { resourceServer } from './resource-server.ts';
import { answerAsScalekit } from './scalekit-shapes.ts';
import { type Settings, scopeNames } from './settings.ts';
import type { Storage } from './storage.ts';
import { accessTokenClaims } from './tokens.ts';
import { firstOf, machineClient, organizationClient, userOfHint } from './users.ts';

/** What the authorization server is made from. */
export interface ProviderParts {
  readonly settings: Settings;
  readonly keys: KeyRing;
  readonly storage: Storage;
  readonly renderError: NonNullable<Configuration['renderError']>;
  readonly onError: (error: unknown) => void;
}

/** Cookies ignore ports, so the names must differ from those of everything else on localhost. */
export const cookieNames = {
  session: 'local_scalekit_session',
  interaction: 'local_scalekit_interaction',
  resume: 'local_scalekit_resume',
} as const;

/** Signs cookies. New in every process, since no cookie needs to outlive it. */
const cookieKey = randomBytes(32).toString('base64url');

const seconds = { minute: 60, hour: 3600, day: 86_400 } as const;

/** The path of the consent page. */
function consentPath(uid: string): string {
  return `/consent/${uid}`;
}

/** @returns which of the requested scopes are defined. */
export function definedScopes(settings: Settings, requested: string | undefined): readonly string[] {
  const asked = (requested ?? '').split(' ');
  return scopeNames(settings).filter((name) => asked.includes(name));
}

/** @returns the requested scopes that are not the server's own; they appear in the token's `scope` too. */
function requestedReserved(requested: string | undefined): readonly string[] {
  return (requested ?? '').split(' ').filter((name) => openIdScopes.has(name));
}

/** Refuses a request for undefined scopes alone (docs/scalekit.md#documented-failures, 11). */
function checkRequestedScopes(settings: Settings, requested: string | undefined): void {
  if (definedScopes(settings, requested).length > 0) return;
  const names = scopeNames(settings).join(' ');
  throw new InvalidScope(
    `none of the requested scopes is defined here; the defined scopes are: ${names}`,
    requested ?? '',
  );
}

/** Automatic grants, until the library loads them within the same request. */
const approvals = new WeakMap<KoaContextWithOIDC['oidc'], Grant>();

/**
 * Signs in the first user, or the one named by `login_hint`, and grants all requested scopes, before the library decides
 * whether to ask a person.
 */
async function approve(settings: Settings, { oidc }: KoaContextWithOIDC): Promise<void> {
  const { scope, login_hint: hint } = textParameters(oidc);
  const accountId = (userOfHint(settings.users, hint) ?? firstOf(settings.users)).id;
  const grant = new oidc.provider.Grant({ accountId, clientId: oidc.client?.clientId });
  grant.addResourceScope(settings.resource, definedScopes(settings, scope).join(' '));
  for (const name of requestedReserved(scope)) grant.addResourceScope(settings.resource, name);
  grant.addOIDCScope('openid');
  if (scope?.split(' ').includes('offline_access')) grant.addOIDCScope('offline_access');
  await grant.save();
  oidc.session?.loginAccount({ accountId, transient: true });
  approvals.set(oidc, grant);
}

async function loadGrant({ oidc }: KoaContextWithOIDC): Promise<Grant | undefined> {
  const grantId = oidc.result?.consent?.grantId;
  return grantId === undefined ? approvals.get(oidc) : oidc.provider.Grant.find(grantId);
}

function textParameters({ params }: KoaContextWithOIDC['oidc']): Record<string, string | undefined> {
  return Object.fromEntries(
    Object.entries(params ?? {}).map(([name, value]) => [
      name,
      typeof value === 'string' ? value : undefined,
    ]),
  );
}

/** Everything is asked on one page, every time: no sign-in is remembered, so `prompt` has nothing to add. */
function interactionPolicy() {
  const policy = base();
  policy.get('login')?.checks.remove('login_prompt');
  policy.get('consent')?.checks.remove('consent_prompt');
  policy.get('consent')?.checks.remove('native_client_prompt');
  return policy;
}

type Features = NonNullable<Configuration['features']>;

function resourceIndicators(settings: Settings): NonNullable<Features['resourceIndicators']> {
  return {
    enabled: true,
    defaultResource: () => settings.resource,
    useGrantedResource: () => true,
    // Whoever is asked for consent is not known yet; at the token endpoint the person is.
    getResourceServerInfo: ({ oidc }, resource) =>
      resourceServer(settings, resource, oidc.route === 'token' ? oidc.account?.accountId : undefined),
  };
}

function features(settings: Settings): Features {
  const off = { enabled: false } as const;
  return {
    clientCredentials: { enabled: true },
    clientIdMetadataDocument: {
      enabled: settings.clientIdMetadataDocuments !== false,
      ack: 'draft-02',
      cacheDuration: { min: 0, max: seconds.day },
    },
    registration: {
      enabled: settings.dynamicClientRegistration,
      idFactory: () => `m2m_${randomDigits()}`,
      secretFactory: () => randomBytes(32).toString('base64url'),
      issueRegistrationAccessToken: false,
    },
    resourceIndicators: resourceIndicators(settings),
    claimsParameter: off,
    devInteractions: off,
    dPoP: off,
    pushedAuthorizationRequests: off,
    rpInitiatedLogout: off,
    userinfo: off,
  };
}

function cookies(): NonNullable<Configuration['cookies']> {
  const options = { httpOnly: true, sameSite: 'lax', signed: true } as const;
  return { keys: [cookieKey], names: cookieNames, long: options, short: options };
}

const seededClients: NonNullable<Configuration['clients']> = [machineClient, organizationClient].map(
  ({ clientId, clientSecret }) => ({
    client_id: clientId,
    client_secret: clientSecret,
    client_name: 'Machine client of the local Scalekit',
    grant_types: ['client_credentials'],
    response_types: [],
    redirect_uris: [],
  }),
);

function clients(settings: Settings): Configuration {
  return {
    clients: seededClients,
    clientAuthMethods: [...clientAuthMethods],
    clientDefaults: {
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      id_token_signed_response_alg: signingAlgorithm,
    },
    // routes.ts handles CORS.
    clientBasedCORS: () => true,
    fetch: (input, init) => fetchClientDocument(settings, input, init),
  };
}

function accessTokens(settings: Settings): Configuration {
  return {
    formats: {
      customizers: {
        jwt: (_context, token, parts) => {
          const clientId = token.clientId ?? '';
          const sub = 'accountId' in token ? token.accountId : clientId;
          const scopes = (token.scope ?? '').split(' ').filter((scope) => scope !== '');
          const lifetime = token.expiration;
          // Remove the library's own claim, which not every token should have.
          delete parts.payload.scope;
          Object.assign(parts.payload, accessTokenClaims(settings, { sub, clientId, scopes, lifetime }));
        },
      },
    },
    expiresWithSession: () => false,
    issueRefreshToken: (_context, client, code) =>
      client.grantTypeAllowed('refresh_token') && code.scopes.has('offline_access'),
    rotateRefreshToken: () => settings.rotation,
    ttl: {
      AccessToken: () => settings.tokenLifetime,
      ClientCredentials: () => settings.tokenLifetime,
      AuthorizationCode: seconds.minute,
      Grant: () => Math.max(30 * seconds.day, settings.refreshLifetime),
      IdToken: seconds.hour,
      Interaction: seconds.hour,
      RefreshToken: () => settings.refreshLifetime,
      Session: seconds.hour,
    },
  };
}

function authorization(settings: Settings): Configuration {
  return {
    cookies: cookies(),
    extraParams: {
      // The library's hook between checking a request and showing the page.
      login_hint: async (context) => {
        const { scope, redirect_uri: redirectUri } = textParameters(context.oidc);
        checkRequestedScopes(settings, scope);
        // A redirect away from this machine needs a person: any web page could have registered itself.
        if (settings.autoApprove && isLocalRedirect(redirectUri)) await approve(settings, context);
      },
    },
    findAccount: (_context, id) =>
      settings.users.some((user) => user.id === id)
        ? { accountId: id, claims: async () => ({ sub: id }) }
        : undefined,
    interactions: {
      policy: interactionPolicy(),
      url: (_context, interaction) => consentPath(interaction.uid),
    },
    loadExistingGrant: loadGrant,
    pkce: { required: () => true },
    responseTypes: ['code'],
    scopes: ['offline_access'],
  };
}

function routes({ endpoints }: Settings): NonNullable<Configuration['routes']> {
  const pathOf = (url: string) => new URL(url).pathname;
  return {
    authorization: pathOf(endpoints.authorization),
    token: pathOf(endpoints.token),
    registration: pathOf(endpoints.registration),
    jwks: pathOf(endpoints.keys),
  };
}

function configuration({ settings, keys, storage, renderError }: ProviderParts): Configuration {
  return {
    ...clients(settings),
    ...authorization(settings),
    ...accessTokens(settings),
    adapter: storage.adapter,
    // A copy, since the library modifies it.
    jwks: { keys: [{ ...keys.current }] },
    features: features(settings),
    routes: routes(settings),
    renderError,
  };
}

/**
 * Makes the authorization server. It is replaced whenever the key or the settings change; its state is in the storage.
 */
export function makeProvider(parts: ProviderParts): ProviderType {
  const provider = new Provider(parts.settings.endpoints.issuer, configuration(parts));
  provider.use(answerAsScalekit(parts.settings));
  if (parts.settings.identityProvider !== 'off') addCrossAppAccess(provider, parts.settings);
  provider.on('server_error', (_context, error) => parts.onError(error));
  // Koa prints errors that have no listener.
  (provider as EventEmitter).on('error', (error) => parts.onError(error));
  return provider;
}
