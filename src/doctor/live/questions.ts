import type { Answers } from '../../emulator/like.ts';
import { type Endpoints, endpoints, isUrl } from '../../scalekit/index.ts';
import { ask, membersOf, post, type Seen } from './http.ts';
import { issuerKind, shapeOf, type Tenant } from './shapes.ts';

/** The environment that the questions go to, and where its endpoints are. */
export interface Asking {
  readonly tenant: Tenant;
  readonly urls: Endpoints;
  readonly signal: AbortSignal;
}

/** A client that has registered itself for these questions. */
export interface Registered {
  readonly clientId: string;
}

/** A machine client of the person's. */
export interface Machine {
  readonly clientId: string;
  readonly clientSecret: string;
}

/** @param signal ends every request that is in flight. */
export function asking(tenant: Tenant, signal: AbortSignal): Asking {
  return { tenant, urls: endpoints(tenant.environmentUrl, tenant.resourceId), signal };
}

/** The `Origin` that a browser sends for a foreign web page. */
const elsewhere = 'https://client.example';

/** An MCP server that is not registered at Scalekit. */
const foreign = 'https://another-server.example/mcp';

function letsIn({ headers }: Seen): boolean {
  const origin = headers.get('access-control-allow-origin');
  return origin === '*' || origin === elsewhere;
}

/** Reads only public documents. */
export async function askDocuments({ urls, tenant, signal }: Asking): Promise<Answers> {
  const origin = { headers: { origin: elsewhere } };
  const [inserted, appended, openId, keysOfResource] = await Promise.all([
    ask(signal, urls.metadata, origin),
    ask(signal, urls.metadataAppended, origin),
    ask(signal, `${urls.issuer}/.well-known/openid-configuration`),
    ask(signal, `${urls.issuer}/keys`),
  ]);
  const preflight = (url: string) =>
    ask(signal, url, {
      method: 'OPTIONS',
      headers: {
        ...origin.headers,
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'content-type',
      },
    });
  const found = inserted.status === 200 ? inserted : appended;
  const [token, registration] = await Promise.all([preflight(urls.token), preflight(urls.registration)]);
  const { body } = found;
  return {
    metadataForms: {
      inserted: inserted.status,
      appended: appended.status,
      openIdConfiguration: openId.status,
      keysOfResource: keysOfResource.status,
    },
    ...(found.status === 200
      ? {
          metadata: {
            members: Object.keys(body).sort(),
            issuer: issuerKind(tenant, body.issuer),
            registration: typeof body.registration_endpoint === 'string',
            documents: body.client_id_metadata_document_supported === true,
          },
        }
      : {}),
    cors: { metadata: letsIn(found), token: letsIn(token), registration: letsIn(registration) },
  };
}

function register({ urls, signal }: Asking, metadata: object): Promise<Seen> {
  const headers = { 'content-type': 'application/json' };
  return ask(signal, urls.registration, { method: 'POST', headers, body: JSON.stringify(metadata) });
}

/** Sends a wrong registration, so that nothing is created. */
export async function askRegistrationError(about: Asking): Promise<Answers> {
  const { status, body } = await register(about, {});
  return { registrationError: { status, members: membersOf(body) } };
}

/** Registers a client. @returns the answers, and the client if there is one. */
export async function askRegistration(
  about: Asking,
  redirectUrl: string,
): Promise<{ answers: Answers; client: Registered | undefined }> {
  const { status, body } = await register(about, {
    client_name: 'scalekit-mcp doctor --live',
    application_type: 'native',
    redirect_uris: [redirectUrl],
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
    token_endpoint_auth_method: 'none',
  });
  const { client_id: clientId } = body;
  return {
    answers: { registration: { status, members: membersOf(body) } },
    client: typeof clientId === 'string' ? { clientId } : undefined,
  };
}

/** Begins an authorization for a server that is not registered, and goes no further. */
export async function askForeignResource(
  { urls, signal }: Asking,
  { clientId }: Registered,
  redirectUrl: string,
): Promise<Answers> {
  const parameters = new URLSearchParams({
    response_type: 'code',
    client_id: clientId,
    redirect_uri: redirectUrl,
    code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
    code_challenge_method: 'S256',
    state: 'foreign-resource',
    resource: foreign,
  });
  const { status, headers } = await ask(signal, `${urls.authorization}?${parameters}`);
  const location = headers.get('location') ?? '';
  const isError = status >= 400 || (isUrl(location) && new URL(location).searchParams.has('error'));
  return { foreignResource: isError ? 'refused' : 'ignored' };
}

function lifetimeIn(body: Seen['body']): number | undefined {
  const said = body.refresh_token_expires_in ?? body.refresh_expires_in;
  return typeof said === 'number' ? said : undefined;
}

async function askRefresh(
  about: Asking,
  client: Registered,
  first: Seen['body'],
): Promise<Answers['refresh']> {
  const { refresh_token: token } = first;
  if (typeof token !== 'string') return { given: false };
  const { body } = await post(about.signal, about.urls.token, {
    grant_type: 'refresh_token',
    refresh_token: token,
    client_id: client.clientId,
  });
  const lifetime = lifetimeIn(first) ?? lifetimeIn(body);
  return {
    given: true,
    ...(typeof body.access_token === 'string'
      ? { rotates: typeof body.refresh_token === 'string' && body.refresh_token !== token }
      : {}),
    ...(lifetime === undefined ? {} : { lifetime }),
  };
}

/** Examines a token answer, refreshes the token once and tries to revoke the result. */
export async function askTokens(about: Asking, client: Registered, answer: Seen['body']): Promise<Answers> {
  const refresh = await askRefresh(about, client, answer);
  const revocation = await post(about.signal, `${about.urls.issuer}/oauth/revoke`, {
    token: String(answer.refresh_token ?? answer.access_token),
    client_id: client.clientId,
  });
  const { error } = revocation.body;
  return {
    token: { ...shapeOf(about.tenant, answer.access_token), members: Object.keys(answer).sort() },
    ...(refresh === undefined ? {} : { refresh }),
    revocation: { status: revocation.status, ...(typeof error === 'string' ? { error } : {}) },
  };
}

/** Gets a machine's token. @returns nothing if it is refused. */
export async function askMachine({ urls, tenant, signal }: Asking, machine: Machine): Promise<Answers> {
  const { body } = await post(signal, urls.environmentToken, {
    grant_type: 'client_credentials',
    client_id: machine.clientId,
    client_secret: machine.clientSecret,
  });
  return typeof body.access_token === 'string' ? { machine: shapeOf(tenant, body.access_token) } : {};
}
