// The official SDK, as its documentation shows it: `official_sdk.js <folder with the package> <endpoint> [scope …]`.
import { existsSync } from 'node:fs';
import { converse, resultOf, signsIn } from './conversation.js';
import { Owner } from './owner.js';

const [folder, endpoint, ...scopes] = process.argv.slice(2);
const packages = `${folder}/node_modules/@modelcontextprotocol`;
const version1 = ['index', 'streamableHttp', 'auth'].map(
  (name) => `${packages}/sdk/dist/esm/client/${name}.js`,
);
const isVersion1 = existsSync(version1[0]);
const files = isVersion1 ? version1 : [`${packages}/client/dist/index.mjs`];
const sdk = Object.assign({}, ...(await Promise.all(files.map((file) => import(file)))));
const { Client, StreamableHTTPClientTransport, UnauthorizedError, auth } = sdk;

const authProvider = new Owner('Official SDK', scopes.join(' '));
await authProvider.listen();
let client;
let transport;

async function connect() {
  transport = new StreamableHTTPClientTransport(new URL(endpoint), { authProvider });
  const newest = { versionNegotiation: { mode: 'auto' } };
  client = new Client({ name: 'official-sdk', version: '1.0.0' }, isVersion1 ? {} : newest);
  await client.connect(transport);
}

/** The person is back from the browser. */
async function finish() {
  const answer = await authProvider.answer;
  await transport.finishAuth(isVersion1 ? answer.get('code') : answer);
}

const isUnauthorized = (error) => error instanceof UnauthorizedError;
const signingIn = signsIn({ isUnauthorized, finish, connect });

/** With scopes of its own, the client signs in before the server names its scopes. */
async function signInFor(scope) {
  transport = new StreamableHTTPClientTransport(new URL(endpoint), { authProvider });
  await auth(authProvider, { serverUrl: endpoint, scope });
  await finish();
}

if (scopes.length > 0) await signInFor(scopes.join(' '));
await signingIn(connect);
await converse({
  tools: async () => (await client.listTools()).tools.map(({ name }) => name),
  call: async ({ name, arguments: args }) => {
    const call = () => client.callTool({ name, arguments: args });
    return resultOf((await signingIn(call)) ?? (await call()));
  },
  signInAgain: async () => {
    authProvider.forgetTokens();
    await signingIn(connect);
  },
});
