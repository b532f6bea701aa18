import { fileURLToPath } from 'node:url';
import { nodeBinary, npmPackages, pythonPackages } from '../../../support/packages.ts';
import type { OpenOptions, RealClient, Session } from '../client.ts';
import type { Conversation } from '../conversation.ts';

// Clients that are libraries: each is used by a small program in `programs/`, as its documentation shows it.

function ours(name: string): string {
  return fileURLToPath(new URL(`../programs/${name}`, import.meta.url));
}

async function must<T>(conversation: Conversation, method: string, params?: unknown): Promise<T> {
  const { result, error } = await conversation.ask(method, params);
  if (error) throw new Error(error.message);
  return result as T;
}

async function session(conversation: Conversation): Promise<Session> {
  return {
    tools: () => must(conversation, 'tools'),
    async call(name, args = {}) {
      const { result, error } = await conversation.ask('call', { name, arguments: args });
      return { ok: error === undefined, text: error?.message ?? JSON.stringify(result) };
    },
    signInAgain: () => must(conversation, 'signInAgain'),
    close: () => conversation.close(),
  };
}

type Command = (options: OpenOptions) => Promise<readonly [string, readonly string[]]>;

function library(name: string, version: string, command: Command): RealClient {
  return {
    name,
    version,
    open: async (home, options) => session(home.converse(...(await command(options)))),
  };
}

function python(name: string, version: string, specifier: string, program: string): RealClient {
  return library(name, version, async ({ endpoint, scopes = [] }) => [
    await pythonPackages([`${specifier}==${version}`]),
    [ours(program), endpoint, ...scopes],
  ]);
}

function node(name: string, version: string, specifier: string, program: string, major?: number): RealClient {
  return library(name, version, async ({ endpoint, scopes = [] }) => [
    major === undefined ? process.execPath : await nodeBinary(major),
    [ours(program), await npmPackages([`${specifier}@${version}`]), endpoint, ...scopes],
  ]);
}

export const fastMcp = python('FastMCP', '4.2.3', 'fastmcp', 'fastmcp_client.py');
export const pythonSdk = python('Python SDK', '2.3.0', 'mcp', 'mcp_client.py');
const byAuth = '`auth(provider, { serverUrl, scope })`, before it connects';

export const aiSdk: RealClient = {
  ...node('@ai-sdk/mcp', '2.0.99', '@ai-sdk/mcp', 'ai_sdk.js', 24),
  namesScopes: byAuth,
};

const officialSdk = (version: string, specifier = '@modelcontextprotocol/sdk') =>
  node('TypeScript SDK', version, specifier, 'official_sdk.js');

export const officialSdks: readonly RealClient[] = [
  { ...officialSdk('2.4.0', '@modelcontextprotocol/client'), namesScopes: byAuth },
  { ...officialSdk('1.32.2'), namesScopes: byAuth },
  // The first versions that speak streamable HTTP: protocol 2025-03-26, with the authorization server at the MCP server.
  { ...officialSdk('1.11.5'), namesScopes: '`scope` of the client’s metadata' },
  officialSdk('1.10.2'),
];
