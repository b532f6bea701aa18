import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { exportJWK, generateKeyPair, type JWTPayload, jwtVerify, SignJWT } from 'jose';

// A company's identity provider, reduced to cross-app access: it issues ID tokens, and exchanges them (RFC 8693) for
// ID-JAGs (draft-ietf-oauth-identity-assertion-authz-grant, section 4.3).

const types = {
  exchange: 'urn:ietf:params:oauth:grant-type:token-exchange',
  idJag: 'urn:ietf:params:oauth:token-type:id-jag',
  idToken: 'urn:ietf:params:oauth:token-type:id_token',
} as const;

export interface IdentityProvider {
  readonly issuer: string;
  /** The client's own account here; a company's administrator has made it. */
  readonly client: { readonly id: string; readonly secret: string };
  /** Sets which client this one is at the other authorization server. */
  connect(clientIdThere: string): void;
  /** An ID token, as after a person has signed in. */
  idToken(email: string): Promise<string>;
  /** Signs an ID-JAG with any claims and header; for what no provider should do. */
  sign(claims: JWTPayload, header?: Record<string, string>): Promise<string>;
  close(): Promise<void>;
}

type Key = Awaited<ReturnType<typeof generateKeyPair>>;

class StandIn {
  readonly client = { id: 'idp-client', secret: 'idp-secret' };
  clientIdThere = '';
  issuer = '';
  readonly #key: Key;

  constructor(key: Key) {
    this.#key = key;
  }

  sign(claims: JWTPayload, header: Record<string, string> = {}): Promise<string> {
    return new SignJWT(claims)
      .setProtectedHeader({ alg: 'ES256', kid: 'idp-1', ...header })
      .setIssuedAt()
      .setExpirationTime('5 minutes')
      .sign(this.#key.privateKey);
  }

  async #exchange(form: URLSearchParams): Promise<Record<string, unknown>> {
    const right =
      form.get('grant_type') === types.exchange &&
      form.get('requested_token_type') === types.idJag &&
      form.get('subject_token_type') === types.idToken &&
      form.get('client_id') === this.client.id &&
      form.get('client_secret') === this.client.secret;
    if (!right) throw new Error('this is no exchange of an ID token for an ID-JAG');
    const { payload } = await jwtVerify(form.get('subject_token') ?? '', this.#key.publicKey, {
      issuer: this.issuer,
      audience: this.client.id,
    });
    const scope = form.get('scope') ?? undefined;
    const claims: JWTPayload = {
      iss: this.issuer,
      sub: payload.sub ?? '',
      email: payload.email,
      aud: form.get('audience') ?? '',
      client_id: this.clientIdThere,
      jti: randomUUID(),
      resource: form.get('resource') ?? undefined,
      scope,
    };
    return {
      issued_token_type: types.idJag,
      access_token: await this.sign(claims, { typ: 'oauth-id-jag+jwt' }),
      token_type: 'N_A',
      expires_in: 300,
      scope,
    };
  }

  async #answerTo(request: IncomingMessage): Promise<Record<string, unknown> | undefined> {
    switch (request.url) {
      case '/.well-known/openid-configuration':
      case '/.well-known/oauth-authorization-server':
        return {
          issuer: this.issuer,
          authorization_endpoint: `${this.issuer}/authorize`,
          token_endpoint: `${this.issuer}/token`,
          jwks_uri: `${this.issuer}/keys`,
          response_types_supported: ['code'],
          subject_types_supported: ['public'],
          id_token_signing_alg_values_supported: ['ES256'],
        };
      case '/keys':
        return { keys: [{ ...(await exportJWK(this.#key.publicKey)), kid: 'idp-1', alg: 'ES256' }] };
      case '/token':
        return this.#exchange(new URLSearchParams(await text(request)));
      default:
        return undefined;
    }
  }

  answer(request: IncomingMessage, response: ServerResponse): void {
    this.#answerTo(request).then(
      (body) =>
        response
          .writeHead(body === undefined ? 404 : 200, { 'content-type': 'application/json' })
          .end(JSON.stringify(body ?? {})),
      (error: Error) =>
        response
          .writeHead(400, { 'content-type': 'application/json' })
          .end(JSON.stringify({ error: 'invalid_request', error_description: error.message })),
    );
  }
}

/** Starts one on this machine. */
export async function startIdentityProvider(): Promise<IdentityProvider> {
  const standIn = new StandIn(await generateKeyPair('ES256'));
  const server = createServer((request, response) => standIn.answer(request, response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  standIn.issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const { issuer, client } = standIn;
  return {
    issuer,
    client,
    connect: (clientIdThere) => {
      standIn.clientIdThere = clientIdThere;
    },
    idToken: (email) =>
      standIn.sign({ iss: issuer, aud: client.id, sub: `idp|${email}`, email }, { typ: 'JWT' }),
    sign: (claims, header = { typ: 'oauth-id-jag+jwt' }) => standIn.sign(claims, header),
    close: async () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
