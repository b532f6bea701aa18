import type { JsonWebKey } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as oauth from 'oauth4webapi';
import { emulatorDirectory } from '../../../src/emulator/index.ts';
import { Forge, type KeyedJwk, type Parameters } from './forge.ts';
import { fetchKeys, Unreachable } from './target.ts';
import type { Target } from './types.ts';

/** Where good tokens come from. */
export interface TokenSource {
  readonly forge: Forge;
  /** A good token with these scopes; undefined if none can be had. */
  readonly token: ((scopes: readonly string[]) => Promise<string>) | undefined;
  /** In words, for the report. */
  readonly description: string;
}

/** The claims of a good token, without its times. */
function goodClaims(target: Target): Parameters {
  return {
    iss: target.issuers[1],
    aud: [new URL('.', target.endpoint).href, target.resourceId],
    sub: 'usr_1000000000000009',
    client_id: 'm2m_1000000000000004',
    scope: target.scopes.join(' '),
  };
}

/** Tokens signed with the authorization server's own key: every case can be sent. */
export async function keySource(target: Target, key: JsonWebKey): Promise<TokenSource> {
  const published = await fetchKeys(target.environmentUrl);
  const own = published.filter(({ n }) => n === key.n);
  if (own.length === 0)
    throw new Unreachable(`The given key is not among those at ${target.environmentUrl}/keys`);
  const forge = new Forge(own as KeyedJwk[], goodClaims(target), key);
  return {
    forge,
    token: async (scopes) => forge.token({ claims: { scope: scopes.join(' ') } }),
    description: 'tokens signed with the key of the authorization server',
  };
}

/** @throws Unreachable if the file holds no private key. */
export async function readKey(path: string): Promise<JsonWebKey> {
  try {
    const key = JSON.parse(await readFile(path, 'utf8')) as JsonWebKey;
    if (key.kty === 'RSA' && typeof key.d === 'string') return key;
  } catch {
    // Reported below, without the file's content.
  }
  throw new Unreachable(`${path} holds no private RSA key as a JWK`);
}

/** The local Scalekit of `dev` and `emulate` keeps its key on this machine. @returns nothing if it is another one. */
export async function localSource(target: Target, env = process.env): Promise<TokenSource | undefined> {
  try {
    return await keySource(target, await readKey(join(emulatorDirectory(env), 'signing-key.json')));
  } catch (error) {
    if (error instanceof Unreachable) return undefined;
    throw error;
  }
}

const redirectUri = 'http://127.0.0.1:6276/oauth/callback';

/** Follows redirects with cookies until one leads back to the client. */
async function followTo(start: URL): Promise<URL | undefined> {
  const cookies = new Map<string, string>();
  let url = start;
  for (let hop = 0; hop < 12; hop += 1) {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const response = await fetch(url, { redirect: 'manual', headers: { accept: 'text/html', cookie } });
    await response.body?.cancel();
    for (const line of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      cookies.set(name, value);
    }
    const location = response.headers.get('location');
    if (location === null) return undefined;
    url = new URL(location, url);
    if (url.href.startsWith(redirectUri)) return url;
  }
  return undefined;
}

/** Registers a client and walks the authorization code flow, which needs a local Scalekit that approves by itself. */
async function walk(target: Target, scopes: readonly string[]): Promise<string | undefined> {
  const insecure = { [oauth.allowInsecureRequests]: true };
  const issuer = new URL(target.issuers[1]);
  const found = await oauth.discoveryRequest(issuer, { algorithm: 'oauth2', ...insecure });
  const server = await oauth.processDiscoveryResponse(issuer, found);
  const registered = await oauth.dynamicClientRegistrationRequest(
    server,
    { client_name: 'Attack suite', redirect_uris: [redirectUri], token_endpoint_auth_method: 'none' },
    insecure,
  );
  const client = await oauth.processDynamicClientRegistrationResponse(registered);
  const verifier = oauth.generateRandomCodeVerifier();
  const url = new URL(server.authorization_endpoint ?? '');
  url.search = new URLSearchParams({
    response_type: 'code',
    client_id: client.client_id,
    redirect_uri: redirectUri,
    code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    state: 'attack',
    scope: scopes.join(' '),
    resource: target.endpoint,
  }).toString();
  const callback = await followTo(url);
  if (callback === undefined) return undefined;
  const checked = oauth.validateAuthResponse(server, client, callback, 'attack');
  const answer = await oauth.authorizationCodeGrantRequest(
    server,
    client,
    oauth.None(),
    checked,
    redirectUri,
    verifier,
    insecure,
  );
  return (await oauth.processAuthorizationCodeResponse(server, client, answer)).access_token;
}

/** Tokens as any client gets them. Cases that need tokens of their own making are left out. */
export async function clientSource(target: Target): Promise<TokenSource> {
  const forge = new Forge((await fetchKeys(target.environmentUrl)) as KeyedJwk[], goodClaims(target));
  const first = await walk(target, target.scopes).catch(() => undefined);
  if (first === undefined) {
    return {
      forge,
      token: undefined,
      description:
        'no good token (the authorization server did not give one by itself): start it with --auto-approve, or give --token-key',
    };
  }
  const known = new Map([[target.scopes.join(' '), first]]);
  return {
    forge,
    token: async (scopes) => {
      const name = scopes.join(' ');
      const token = known.get(name) ?? (await walk(target, scopes));
      if (token === undefined) throw new Unreachable('The authorization server gave no second token');
      known.set(name, token);
      return token;
    },
    description: 'tokens from the authorization code flow',
  };
}
