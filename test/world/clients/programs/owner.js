// What libraries ask of the application around them: where tokens are kept, and a browser for the person.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';

/** An `OAuthClientProvider`, as the official SDK and `@ai-sdk/mcp` take it. It keeps everything in memory. */
export class Owner {
  #listener;
  #kept = {};

  constructor(clientName, scope) {
    this.clientName = clientName;
    this.scope = scope;
  }

  /** Waits for the browser to come back. */
  async listen() {
    this.#listener = createServer().listen(0, '127.0.0.1');
    await once(this.#listener, 'listening');
  }

  get redirectUrl() {
    return `http://127.0.0.1:${this.#listener.address().port}/callback`;
  }

  get clientMetadata() {
    return {
      client_name: this.clientName,
      redirect_uris: [this.redirectUrl],
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      token_endpoint_auth_method: 'none',
      ...(this.scope && { scope: this.scope }),
    };
  }

  redirectToAuthorization(url) {
    this.answer = once(this.#listener, 'request').then(([request, response]) => {
      response.end('Signed in. You may close this window.');
      return new URL(request.url, this.redirectUrl).searchParams;
    });
    spawn(process.env.BROWSER, [url.href], { stdio: 'ignore' });
  }

  clientInformation = () => this.#kept.client;
  saveClientInformation = (client) => Object.assign(this.#kept, { client });
  tokens = () => this.#kept.tokens;
  saveTokens = (tokens) => Object.assign(this.#kept, { tokens });
  codeVerifier = () => this.#kept.verifier;
  saveCodeVerifier = (verifier) => Object.assign(this.#kept, { verifier });
  storedState = () => this.#kept.state;
  saveState = (state) => Object.assign(this.#kept, { state });
  authorizationServerInformation = () => this.#kept.authorizationServer;
  saveAuthorizationServerInformation = (authorizationServer) =>
    Object.assign(this.#kept, { authorizationServer });

  forgetTokens() {
    delete this.#kept.tokens;
  }
}
