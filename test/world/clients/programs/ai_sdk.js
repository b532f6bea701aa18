// `@ai-sdk/mcp`, as its documentation shows it: `ai_sdk.js <folder with the package> <endpoint> [scope …]`.
import { converse } from './conversation.js';
import { Owner } from './owner.js';

const [folder, endpoint, ...scopes] = process.argv.slice(2);
const { auth, createMCPClient, UnauthorizedError } = await import(
  `${folder}/node_modules/@ai-sdk/mcp/dist/index.js`
);

const authProvider = new Owner('AI SDK');
await authProvider.listen();
let client;

/** The person is back. */
async function finish() {
  const answer = await authProvider.answer;
  await auth(authProvider, {
    serverUrl: endpoint,
    authorizationCode: answer.get('code'),
    callbackState: answer.get('state') ?? undefined,
    callbackIssuer: answer.get('iss') ?? undefined,
  });
}

async function connect() {
  client = await createMCPClient({ transport: { type: 'http', url: endpoint, authProvider } });
}

function isUnauthorized(error) {
  return error instanceof UnauthorizedError || (error?.cause && isUnauthorized(error.cause));
}

async function signingIn(action) {
  try {
    return await action();
  } catch (error) {
    if (!isUnauthorized(error)) throw error;
    await finish();
    await connect();
    return undefined;
  }
}

// Whoever names scopes signs in before the server names its own.
if (scopes.length > 0) {
  await auth(authProvider, { serverUrl: endpoint, scope: scopes.join(' ') });
  await finish();
}
await signingIn(connect);
await converse({
  tools: async () => Object.keys(await client.tools()),
  call: async ({ name, arguments: args }) => {
    const call = async () => (await client.tools())[name].execute(args, { messages: [], toolCallId: 'call' });
    const result = (await signingIn(call)) ?? (await call());
    if (result.isError) throw new Error(JSON.stringify(result.content));
    return result.structuredContent ?? result.content;
  },
  signInAgain: async () => {
    authProvider.forgetTokens();
    await signingIn(connect);
  },
});
