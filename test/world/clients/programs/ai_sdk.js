// `@ai-sdk/mcp`, as its documentation shows it: `ai_sdk.js <folder with the package> <endpoint> [scope …]`.
import { converse, resultOf, signsIn } from './conversation.js';
import { Owner } from './owner.js';

const [folder, endpoint, ...scopes] = process.argv.slice(2);
const { auth, createMCPClient, UnauthorizedError } = await import(
  `${folder}/node_modules/@ai-sdk/mcp/dist/index.js`
);

const authProvider = new Owner('AI SDK');
await authProvider.listen();
let client;

/** The person is back from the browser. */
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

const signingIn = signsIn({ isUnauthorized, finish, connect });

// With scopes of its own, the client signs in before the server names its scopes.
if (scopes.length > 0) {
  await auth(authProvider, { serverUrl: endpoint, scope: scopes.join(' ') });
  await finish();
}
await signingIn(connect);
await converse({
  tools: async () => Object.keys(await client.tools()),
  call: async ({ name, arguments: args }) => {
    const call = async () => (await client.tools())[name].execute(args, { messages: [], toolCallId: 'call' });
    return resultOf((await signingIn(call)) ?? (await call()));
  },
  signInAgain: async () => {
    authProvider.forgetTokens();
    await signingIn(connect);
  },
});
