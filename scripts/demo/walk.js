// Everything an MCP client does, by hand: plain HTTP, so that every message can be seen.
import { createHash, randomBytes } from 'node:crypto';
import { Browser } from './browser.js';
import { answer, expect, note, request, show, step } from './steps.js';

const redirectUri = 'http://127.0.0.1:33418/callback';
const protocolVersion = '2025-11-25';

async function getJson(url) {
  request(`GET ${url}`);
  const response = await fetch(url);
  answer(`${response.status} ${response.headers.get('content-type')}`);
  expect(response.ok, '200', response.status);
  return response.json();
}

/** The parameters of a `WWW-Authenticate: Bearer` challenge (RFC 6750 section 3). */
function parametersOf(challenge) {
  return Object.fromEntries(
    [...challenge.matchAll(/(\w+)="([^"]*)"/g)].map(([, name, value]) => [name, value]),
  );
}

/** Sends one MCP message. @returns the HTTP response and its JSON, from a plain body or an event stream. */
async function post(endpoint, message, token) {
  const response = await fetch(endpoint, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      'mcp-protocol-version': protocolVersion,
      ...(token && { authorization: `Bearer ${token}` }),
    },
    body: JSON.stringify({ jsonrpc: '2.0', ...message }),
  });
  const text = await response.text();
  const data = response.headers.get('content-type')?.startsWith('text/event-stream')
    ? /^data: (\{.*)$/m.exec(text)?.[1]
    : text;
  return { response, json: data ? JSON.parse(data) : undefined };
}

/** From a refused call to both metadata documents. @returns them, and the scope that the refusal asks for. */
export async function discover(endpoint) {
  step('A call without a token is refused, and the refusal says where to go');
  request(`POST ${endpoint}  tools/list`);
  const { response } = await post(endpoint, { id: 1, method: 'tools/list' });
  const challenge = response.headers.get('www-authenticate') ?? '';
  answer(`${response.status}  WWW-Authenticate: ${challenge}`);
  expect(response.status === 401, '401', response.status);
  const { resource_metadata: metadataUrl, scope } = parametersOf(challenge);

  step('Protected resource metadata (RFC 9728): who protects this server, and with which scopes');
  const resource = await getJson(metadataUrl);
  show(resource);
  expect(resource.resource === endpoint, `resource ${endpoint}`, resource.resource);

  step('Authorization server metadata (RFC 8414): where to register, to authorize, to get a token');
  const issuer = new URL(resource.authorization_servers[0]);
  const server = await getJson(new URL(`/.well-known/oauth-authorization-server${issuer.pathname}`, issuer));
  show(server, [
    'issuer',
    'registration_endpoint',
    'authorization_endpoint',
    'token_endpoint',
    'code_challenge_methods_supported',
    'scopes_supported',
  ]);
  expect(server.issuer === issuer.href, `issuer ${issuer.href}`, server.issuer);
  return { server, resource, scope };
}

/** @returns the client as it was registered. */
export async function register(server) {
  step('Dynamic client registration (RFC 7591): the client introduces itself');
  request(`POST ${server.registration_endpoint}`);
  const response = await fetch(server.registration_endpoint, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      client_name: 'The demo',
      redirect_uris: [redirectUri],
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      token_endpoint_auth_method: 'none',
      application_type: 'native',
    }),
  });
  const client = await response.json();
  answer(`${response.status}`);
  expect(response.status === 201, '201', client);
  show(client, ['client_id', 'client_name', 'redirect_uris']);
  return client;
}

/** Authorize, consent, token. `scope` is asked for; the person ticks all of it. */
export async function authorize({ server, client, resource, scope }) {
  step(`Authorize and consent (PKCE, RFC 7636; resource, RFC 8707): scope "${scope}"`);
  const verifier = randomBytes(32).toString('base64url');
  const state = randomBytes(16).toString('base64url');
  const url = new URL(server.authorization_endpoint);
  url.search = new URLSearchParams({
    response_type: 'code',
    client_id: client.client_id,
    redirect_uri: redirectUri,
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
    resource: resource.resource,
    scope,
    state,
  });
  request(`GET ${url.origin}${url.pathname}?client_id=…&code_challenge=…&resource=…&scope=…`);
  const browser = new Browser();
  const page = await browser.open(url.href, redirectUri);
  expect(page.html.includes('The demo'), 'a consent page that names the client', page.html.slice(0, 200));
  answer(`${page.status}  the consent page; a person reads who asks, for what, and presses Allow`);
  const back = new URL((await browser.submit(page, 'Allow', () => true, redirectUri)).url);
  expect(
    back.href.startsWith(redirectUri) && back.searchParams.get('state') === state,
    'the way back, with our state',
    back.href,
  );
  answer(`302  ${back.origin}${back.pathname}?code=…&state=…&iss=${back.searchParams.get('iss')}`);

  request(`POST ${server.token_endpoint}  grant_type=authorization_code`);
  const response = await fetch(server.token_endpoint, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'authorization_code',
      code: back.searchParams.get('code'),
      redirect_uri: redirectUri,
      client_id: client.client_id,
      code_verifier: verifier,
      resource: resource.resource,
    }),
  });
  const tokens = await response.json();
  expect(response.ok, 'a token', tokens);
  answer(`${response.status}  an access token for ${tokens.expires_in} s; it says:`);
  show(JSON.parse(Buffer.from(tokens.access_token.split('.')[1], 'base64url').toString()), [
    'iss',
    'sub',
    'aud',
    'scope',
    'client_id',
  ]);
  return tokens.access_token;
}

/** The MCP session of one token: numbers its requests and prints them. */
export function session(endpoint, token) {
  let id = 0;
  const send = (method, params) => post(endpoint, { id: ++id, method, params }, token);
  return {
    async initialize() {
      step('MCP: initialize');
      request(`POST ${endpoint}  initialize`);
      const { response, json } = await send('initialize', {
        protocolVersion,
        capabilities: {},
        clientInfo: { name: 'demo', version: '1.0.0' },
      });
      answer(`${response.status}`);
      expect(json?.result?.serverInfo, 'a server that introduces itself', json);
      show({ server: json.result.serverInfo.name, protocol: json.result.protocolVersion });
      await post(endpoint, { method: 'notifications/initialized' }, token);
    },
    async listTools() {
      step('MCP: tools/list');
      const { json } = await send('tools/list');
      answer(json.result.tools.map(({ name }) => name).join(', '));
      return json.result.tools.map(({ name }) => name);
    },
    /** Calls a tool that is expected to answer; returns its structured content. */
    async call(name, args) {
      request(`tools/call ${name} ${JSON.stringify(args)}`);
      const { response, json } = await send('tools/call', { name, arguments: args });
      expect(response.ok && json.result && !json.result.isError, `${name} to answer`, json);
      answer(`${response.status}  ${JSON.stringify(json.result.structuredContent)}`);
      return json.result.structuredContent;
    },
    /** Calls a tool that the token does not allow; returns the challenge's parameters. */
    async callRefused(name, args) {
      request(`tools/call ${name} ${JSON.stringify(args)}`);
      const { response } = await send('tools/call', { name, arguments: args });
      const challenge = response.headers.get('www-authenticate') ?? '';
      answer(`${response.status}  WWW-Authenticate: ${challenge}`);
      expect(response.status === 403, '403', response.status);
      const parameters = parametersOf(challenge);
      note(parameters.error_description);
      return parameters;
    },
  };
}
