// `@ai-sdk/mcp`, as its documentation shows it: `ai_sdk.js <folder with the package> <endpoint> [scope …]`.
import { converse } from './conversation.js';
import { Owner } from './owner.js';

const [folder, endpoint, ...scopes] = process.argv.slice(2);
const { auth, createMCPClient, UnauthorizedError } = await import(
  `${folder}/node_modules/@ai-sdk/mcp/dist/index.js`
);

const authProvider = new Owner('AI SDK', scopes.join(' '));
await authProvider.listen();
let client;

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
    const answer = await authProvider.answer;
    await auth(authProvider, {
      serverUrl: endpoint,
      authorizationCode: answer.get('code'),
      callbackState: answer.get('state') ?? undefined,
      callbackIssuer: answer.get('iss') ?? undefined,
    });
    await connect();
    return undefined;
  }
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
