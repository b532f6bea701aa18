// The official SDK, version 1, as its documentation shows it: `official_sdk.js <folder with the package> <endpoint> [scope …]`.
import { converse } from './conversation.js';
import { Owner } from './owner.js';

const [folder, endpoint, ...scopes] = process.argv.slice(2);
const sdk = `${folder}/node_modules/@modelcontextprotocol/sdk/dist/esm/client`;
const { Client } = await import(`${sdk}/index.js`);
const { StreamableHTTPClientTransport } = await import(`${sdk}/streamableHttp.js`);
const { UnauthorizedError } = await import(`${sdk}/auth.js`);

const authProvider = new Owner('Official SDK', scopes.join(' '));
await authProvider.listen();
let client;
let transport;

async function connect() {
  transport = new StreamableHTTPClientTransport(new URL(endpoint), { authProvider });
  client = new Client({ name: 'official-sdk', version: '1.0.0' });
  await client.connect(transport);
}

/** Does what may need a person, and sends the person where the SDK wants the browser. */
async function signingIn(action) {
  try {
    return await action();
  } catch (error) {
    if (!(error instanceof UnauthorizedError)) throw error;
    await transport.finishAuth((await authProvider.answer).get('code'));
    await connect();
    return undefined;
  }
}

await signingIn(connect);
await converse({
  tools: async () => (await client.listTools()).tools.map(({ name }) => name),
  call: async ({ name, arguments: args }) => {
    const call = () => client.callTool({ name, arguments: args });
    const result = (await signingIn(call)) ?? (await call());
    if (result.isError) throw new Error(JSON.stringify(result.content));
    return result.structuredContent ?? result.content;
  },
  signInAgain: async () => {
    authProvider.forgetTokens();
    await signingIn(connect);
  },
});
