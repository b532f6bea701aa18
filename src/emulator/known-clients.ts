/** A client id metadata document. */
export type ClientDocument = Readonly<Record<string, unknown>>;

/** The members that all of them share. */
export const nativeClient = {
  application_type: 'native',
  response_types: ['code'],
  grant_types: ['authorization_code', 'refresh_token'],
  token_endpoint_auth_method: 'none',
} as const;

function codex(clientId: string, path: string): ClientDocument {
  return {
    ...nativeClient,
    client_id: clientId,
    client_name: 'Codex',
    client_uri: 'https://chatgpt.com/codex',
    redirect_uris: [`http://127.0.0.1${path}`, `http://localhost${path}`],
  };
}

/**
 * The documents of clients that run on a developer's machine, so that they can sign in without the internet. Each is a copy
 * of what the client's maker publishes at its address, read in August and September 2026; logos are left out.
 */
const documents: Readonly<Record<string, ClientDocument>> = {
  // Claude Code; the address is a constant of its program.
  'https://claude.ai/oauth/claude-code-client-metadata': {
    ...nativeClient,
    client_id: 'https://claude.ai/oauth/claude-code-client-metadata',
    client_name: 'Claude Code',
    client_uri: 'https://claude.ai',
    redirect_uris: ['http://localhost/callback', 'http://127.0.0.1/callback'],
  },
  // Codex, where the authorization server sends `iss` (RFC 9207), as Scalekit does.
  'https://chatgpt.com/oauth/codex/client.json': codex(
    'https://chatgpt.com/oauth/codex/client.json',
    '/callback',
  ),
  // VS Code and its Insiders: constants of its product.json.
  'https://vscode.dev/oauth/client-metadata.json': {
    ...nativeClient,
    client_id: 'https://vscode.dev/oauth/client-metadata.json',
    client_name: 'Visual Studio Code',
    client_uri: 'https://vscode.dev/product',
    redirect_uris: ['http://127.0.0.1:33418/', 'https://vscode.dev/redirect'],
  },
  // Zed: `CIMD_URL` in crates/context_server/src/oauth.rs.
  'https://zed.dev/oauth/client-metadata.json': {
    ...nativeClient,
    client_id: 'https://zed.dev/oauth/client-metadata.json',
    client_name: 'Zed',
    client_uri: 'https://zed.dev',
    redirect_uris: ['http://127.0.0.1/callback'],
  },
  // opencode: anomalyco/opencode, pull request 47737.
  'https://opencode.ai/oauth/opencode/client.json': {
    ...nativeClient,
    client_id: 'https://opencode.ai/oauth/opencode/client.json',
    client_name: 'opencode',
    client_uri: 'https://opencode.ai',
    redirect_uris: ['http://127.0.0.1/callback', 'http://localhost/callback'],
  },
};

/** Codex, where the authorization server sends no `iss`: a document for each MCP server, with a callback path of its own. */
const codexOfServer = /^https:\/\/chatgpt\.com\/oauth\/codex\/([\w-]{1,64})\/client\.json$/;

/** @returns the document of a well-known client, or undefined. Ids are compared as strings, as the draft demands. */
export function knownDocument(clientId: string): ClientDocument | undefined {
  const callbackId = codexOfServer.exec(clientId)?.[1];
  if (callbackId !== undefined) return codex(clientId, `/callback/${callbackId}`);
  return Object.hasOwn(documents, clientId) ? documents[clientId] : undefined;
}
