import { describe, expect, test } from 'vitest';
import { startEmulator } from '../../src/emulator/index.ts';
import { defineScopes } from '../../src/server/index.ts';
import { freeMcpUrl, startServer } from '../../src/server/testing/index.ts';
import { type SignInOptions, signIn } from '../../src/sign-in/sign-in.ts';
import { consent } from '../support/browser.ts';

const { scopes } = defineScopes({ 'a:read': 'Read' });

/** Signs somebody in to a server with a local Scalekit. */
async function walk(options: Partial<SignInOptions>) {
  const mcpUrl = await freeMcpUrl();
  const scalekit = await startEmulator({ mcpUrl, scopes: scopes.names, strict: true });
  const server = await startServer({ scalekit, scopes, tools: [] });
  const pages: URL[] = [];
  try {
    const signedIn = await signIn({
      server: new URL(server.endpoint),
      scopes: (found) => found.scopes,
      clientName: 'test',
      stayConnected: true,
      visit: async ({ url }) => {
        pages.push(url);
        return consent(url);
      },
      signal: new AbortController().signal,
      ...options,
    });
    return { signedIn, pages };
  } finally {
    await server.stop();
  }
}

describe('a sign-in that is to last', () => {
  test('asks for offline_access, though nobody lists it, and gets a refresh token', async () => {
    const { signedIn, pages } = await walk({});
    expect(pages.map((page) => page.searchParams.get('scope'))).toEqual(['a:read offline_access']);
    expect(signedIn.tokens.refreshToken).toBeTypeOf('string');
    expect(signedIn.origin.client.client_id).toMatch(/^m2m_/);
  });

  test('goes on without it if the authorization server does not know that scope', async () => {
    const asked: string[] = [];
    const { signedIn } = await walk({
      visit: async ({ url }) => {
        const scope = url.searchParams.get('scope') ?? '';
        asked.push(scope);
        if (!scope.includes('offline_access')) return consent(url);
        const iss = `${url.origin}${url.pathname.replace(/\/oauth\/authorize$/, '')}`;
        return new URLSearchParams({
          error: 'invalid_scope',
          state: url.searchParams.get('state') ?? '',
          iss,
        });
      },
    });
    expect(asked).toEqual(['a:read offline_access', 'a:read']);
    expect(signedIn.tokens.refreshToken).toBeUndefined();
    expect(signedIn.tokens.scopes).toEqual(['a:read']);
  });

  test('with a client document is refused at once if the server does not support documents', async () => {
    const mcpUrl = await freeMcpUrl();
    const scalekit = await startEmulator({ mcpUrl, scopes: scopes.names, clientIdMetadataDocuments: false });
    const server = await startServer({ scalekit, scopes, tools: [] });
    const signingIn = signIn({
      server: new URL(server.endpoint),
      scopes: () => [],
      clientName: 'test',
      clientId: 'https://client.example/document.json',
      visit: () => Promise.reject(new Error('nobody is asked')),
      signal: new AbortController().signal,
    });
    await expect(signingIn).rejects.toThrow(/takes no client id metadata documents/);
    await server.stop();
  });
});

test('names a server that asks for no token, and one that does not answer', async () => {
  const signal = new AbortController().signal;
  const server = new URL('http://127.0.0.1:9/mcp');
  const options = {
    server,
    scopes: () => [],
    clientName: 'test',
    visit: () => Promise.reject(new Error()),
    signal,
  };
  await expect(signIn(options)).rejects.toMatchObject({ code: 'no-answer', message: /127\.0\.0\.1:9\/mcp/ });
});
