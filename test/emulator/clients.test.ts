import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import * as current from '@modelcontextprotocol/client';
import * as previous from '@modelcontextprotocol/sdk/client/auth.js';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Emulator, startEmulator } from '../../src/emulator/index.ts';
import { serverUrls } from '../../src/scalekit/index.ts';
import { answerConsent, Browser, claimsOf, openConsent, redirectUri } from './walk.ts';

let server: Server;
let emulator: Emulator;

/** A stand-in for an MCP server; the clients need only its protected resource metadata (RFC 9728). */
beforeEach(async () => {
  server = createServer((_request, response) => {
    response.setHeader('content-type', 'application/json');
    response.end(
      JSON.stringify({
        resource: serverUrls(emulator.mcpUrl).endpoint,
        authorization_servers: [`${emulator.url}/resources/${emulator.resourceId}`],
        scopes_supported: emulator.scopes,
      }),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve));
  const { port } = server.address() as AddressInfo;
  emulator = await startEmulator({ mcpUrl: `http://localhost:${port}/` });
});
afterEach(async () => {
  server.closeAllConnections();
  server.close();
  await emulator.close();
});

/** The interface that both generations of the official client expect from their application. */
class Owner {
  readonly redirectUrl = redirectUri;
  readonly clientMetadata = {
    client_name: 'An official client',
    redirect_uris: [redirectUri],
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
    token_endpoint_auth_method: 'none',
    scope: 'todo:read todo:write offline_access',
  };
  information: current.StoredOAuthClientInformation | undefined;
  stored: current.StoredOAuthTokens | undefined;
  destination: URL | undefined;
  #verifier = '';
  #discovered: current.OAuthDiscoveryState | undefined;

  clientInformation() {
    return this.information;
  }
  saveClientInformation(information: current.StoredOAuthClientInformation) {
    this.information = information;
  }
  tokens() {
    return this.stored;
  }
  saveTokens(tokens: current.StoredOAuthTokens) {
    this.stored = tokens;
  }
  redirectToAuthorization(url: URL) {
    this.destination = url;
  }
  saveCodeVerifier(verifier: string) {
    this.#verifier = verifier;
  }
  codeVerifier() {
    return this.#verifier;
  }
  saveDiscoveryState(state: current.OAuthDiscoveryState) {
    this.#discovered = state;
  }
  discoveryState() {
    return this.#discovered;
  }
}

const clients = {
  'the 2025 client (sdk 1)': previous.auth,
  'the current client (client 2)': current.auth,
};

test.each(Object.entries(clients))(
  '%s registers, asks a person, gets tokens and refreshes them',
  async (_, auth) => {
    const owner = new Owner();
    const serverUrl = serverUrls(emulator.mcpUrl).endpoint;
    // Without it they ask for what the server's metadata lists, which never has offline_access (docs/mcp.md#what-a-resource-server-must-do).
    const { scope } = owner.clientMetadata;
    expect(await auth(owner, { serverUrl, scope })).toBe('REDIRECT');
    expect(owner.information?.client_id).toMatch(/^m2m_/);

    const browser = new Browser();
    const form = await openConsent(browser, owner.destination ?? '');
    expect(form.page).toContain('<bdi>An official client</bdi>');
    expect(form.offered('scope')).toEqual(['todo:read', 'todo:write', 'offline_access']);
    const callback = (await answerConsent(browser, form)).searchParams;

    const answer = { authorizationCode: callback.get('code') ?? '', iss: callback.get('iss') ?? '' };
    expect(await auth(owner, { serverUrl, ...answer })).toBe('AUTHORIZED');
    const first = owner.stored;
    expect(claimsOf(first?.access_token ?? '')).toMatchObject({
      aud: [emulator.mcpUrl, emulator.resourceId],
      scope: 'todo:read todo:write offline_access',
    });

    expect(await auth(owner, { serverUrl })).toBe('AUTHORIZED');
    expect(owner.stored?.access_token).not.toBe(first?.access_token);
    expect(owner.stored?.refresh_token).not.toBe(first?.refresh_token);
  },
);
