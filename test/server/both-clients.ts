// The official clients, of both generations, at a server under test.
import * as current from '@modelcontextprotocol/client';
import { Client as PreviousClient } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport as PreviousTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { ElicitRequestSchema } from '@modelcontextprotocol/sdk/types.js';

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
  close(): Promise<void>;
}

export const generations = ['SDK 1', 'SDK 2, 2025', 'SDK 2, 2026'] as const;
export type Generation = (typeof generations)[number];

/** Connects the official client of a generation. @param person who answers questions; without one the client says that it has none. */
export async function connect(
  generation: Generation,
  endpoint: string,
  token: string,
  person?: Person,
): Promise<AnyClient> {
  const requestInit = { headers: { authorization: `Bearer ${token}` } };
  const capabilities = person ? { elicitation: {} } : {};
  const information = { name: 'test', version: '1' };
  if (generation === 'SDK 1') {
    const client = new PreviousClient(information, { capabilities });
    if (person)
      client.setRequestHandler(ElicitRequestSchema, ({ params }) => person(params as unknown as Elicited));
    await client.connect(new PreviousTransport(new URL(endpoint), { requestInit }) as never);
    return {
      inner: client as never,
      call: async (name, args = {}, options = {}) =>
        (await client.callTool({ name, arguments: args }, undefined, options)) as never,
      close: () => client.close(),
    };
  }
  const mode = generation === 'SDK 2, 2026' ? 'auto' : 'legacy';
  const client = new current.Client(information, { capabilities, versionNegotiation: { mode } });
  if (person)
    client.setRequestHandler('elicitation/create', ({ params }) => person(params as unknown as Elicited));
  await client.connect(new current.StreamableHTTPClientTransport(new URL(endpoint), { requestInit }));
  return {
    inner: client,
    call: async (name, args = {}, options = {}) =>
      (await client.callTool({ name, arguments: args }, options)) as current.CallToolResult,
    close: () => client.close(),
  };
}
