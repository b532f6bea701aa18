// The official clients, of both generations, connected to a server under test.
import * as current from '@modelcontextprotocol/client';
import { Client as PreviousClient } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport as PreviousTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { ElicitRequestSchema } from '@modelcontextprotocol/sdk/types.js';
import type { SignIn } from '../../src/server/testing/index.ts';

export interface Reported {
  readonly progress: number;
  readonly total?: number | undefined;
  readonly message?: string | undefined;
}

export interface Elicited {
  readonly message: string;
  readonly requestedSchema: unknown;
}

/** What a person answers. */
export type Person = (question: Elicited) => {
  action: 'accept' | 'decline' | 'cancel';
  content?: Record<string, string | number | boolean | string[]>;
};

export interface CallOptions {
  readonly onprogress?: (report: Reported) => void;
  readonly signal?: AbortSignal;
}

/** What tests do with either client. */
export interface AnyClient {
  readonly inner: Pick<
    current.Client,
    | 'listTools'
    | 'listResources'
    | 'listResourceTemplates'
    | 'readResource'
    | 'listPrompts'
    | 'getPrompt'
    | 'complete'
    | 'getServerCapabilities'
  >;
  call(name: string, args?: Record<string, unknown>, options?: CallOptions): Promise<current.CallToolResult>;
  /** Takes the parameters that the browser came back with, for a client that signs in. */
  signedIn(answer: URLSearchParams): Promise<void>;
  close(): Promise<void>;
}

export const generations = ['SDK 1', 'SDK 2, 2025', 'SDK 2, 2026'] as const;
export type Generation = (typeof generations)[number];

/** What a client signs in with: a token, a person at a browser, or nothing. */
export type Credentials = string | SignIn | undefined;

/**
 * Connects the official client of a generation.
 * @param person who answers questions; without one the client says that it has none.
 */
export async function connect(
  generation: Generation,
  endpoint: string,
  credentials: Credentials,
  person?: Person,
): Promise<AnyClient> {
  const options = optionsFor(credentials);
  const capabilities = person ? { elicitation: {} } : {};
  const information = { name: 'test', version: '1' };
  if (generation === 'SDK 1') {
    const client = new PreviousClient(information, { capabilities });
    const previousTransport = new PreviousTransport(new URL(endpoint), options as never);
    if (person)
      client.setRequestHandler(ElicitRequestSchema, ({ params }) => person(params as unknown as Elicited));
    await client.connect(previousTransport as never);
    return {
      inner: client as never,
      call: async (name, args = {}, options = {}) =>
        (await client.callTool({ name, arguments: args }, undefined, options)) as never,
      signedIn: (answer) => previousTransport.finishAuth(answer.get('code') ?? ''),
      close: () => client.close(),
    };
  }
  const mode = generation === 'SDK 2, 2026' ? 'auto' : 'legacy';
  const client = new current.Client(information, { capabilities, versionNegotiation: { mode } });
  if (person)
    client.setRequestHandler('elicitation/create', ({ params }) => person(params as unknown as Elicited));
  const transport = new current.StreamableHTTPClientTransport(new URL(endpoint), options);
  await client.connect(transport);
  return {
    inner: client,
    call: async (name, args = {}, options = {}) =>
      (await client.callTool({ name, arguments: args }, options)) as current.CallToolResult,
    signedIn: (answer) => transport.finishAuth(answer),
    close: () => client.close(),
  };
}

function optionsFor(credentials: Credentials): current.StreamableHTTPClientTransportOptions {
  if (credentials === undefined) return {};
  if (typeof credentials !== 'string') return { authProvider: credentials };
  return { requestInit: { headers: { authorization: `Bearer ${credentials}` } } };
}
