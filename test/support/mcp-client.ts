import * as current from '@modelcontextprotocol/client';
import { UnauthorizedError } from '@modelcontextprotocol/sdk/client/auth.js';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { consent, type Person } from './browser.ts';

const redirectUrl = 'http://localhost:6274/oauth/callback';

/** The application side of both generations of the official client; it keeps everything in memory. */
class Owner {
  readonly redirectUrl = redirectUrl;
  readonly clientMetadata = {
    client_name: 'An official client',
    redirect_uris: [redirectUrl],
    grant_types: ['authorization_code'],
    response_types: ['code'],
    token_endpoint_auth_method: 'none',
  };
  /** Where the browser was sent last. */
  destination: URL | undefined;
  #information: current.StoredOAuthClientInformation | undefined;
  #tokens: current.StoredOAuthTokens | undefined;
  #verifier = '';
  #discovered: current.OAuthDiscoveryState | undefined;

  clientInformation = () => this.#information;
  saveClientInformation = (information: current.StoredOAuthClientInformation) => {
    this.#information = information;
  };
  tokens = () => this.#tokens;
  saveTokens = (tokens: current.StoredOAuthTokens) => {
    this.#tokens = tokens;
  };
  redirectToAuthorization = (url: URL) => {
    this.destination = url;
  };
  saveCodeVerifier = (verifier: string) => {
    this.#verifier = verifier;
  };
  codeVerifier = () => this.#verifier;
  saveDiscoveryState = (state: current.OAuthDiscoveryState) => {
    this.#discovered = state;
  };
  discoveryState = () => this.#discovered;
}

interface CallResult {
  readonly isError?: boolean | undefined;
  readonly structuredContent?: unknown;
  readonly content?: unknown;
}

/** A connection, of either generation. */
interface Connection {
  connect(): Promise<void>;
  finish(callback: URLSearchParams): Promise<void>;
  protocolVersion(): string | undefined;
  serverName(): string | undefined;
  listTools(): Promise<ReadonlyArray<{ readonly name: string }>>;
  callTool(name: string, args: Record<string, unknown>): Promise<CallResult>;
  /** Every URI of resources that is listed, and the name of every prompt. */
  listOthers(): Promise<readonly string[]>;
  /** @returns the text of the first part. */
  readResource(uri: string): Promise<string | undefined>;
  /** @returns the text of the first message. */
  getPrompt(name: string, args: Record<string, string>): Promise<string | undefined>;
  close(): Promise<void>;
}

/** What both generations of the client have in common, besides tools. */
type Others = Pick<current.Client, 'listResources' | 'listPrompts' | 'readResource' | 'getPrompt'>;

function othersOf(client: Others): Pick<Connection, 'listOthers' | 'readResource' | 'getPrompt'> {
  return {
    async listOthers() {
      const [{ resources }, { prompts }] = [await client.listResources(), await client.listPrompts()];
      return [...resources.map(({ uri }) => uri), ...prompts.map(({ name }) => name)];
    },
    async readResource(uri) {
      const [first] = (await client.readResource({ uri })).contents;
      return first !== undefined && 'text' in first ? first.text : undefined;
    },
    async getPrompt(name, args) {
      const content = (await client.getPrompt({ name, arguments: args })).messages[0]?.content;
      return content?.type === 'text' ? content.text : undefined;
    },
  };
}

const information = { name: 'test', version: '1.0.0' };

function connectPrevious(endpoint: string, authProvider: Owner): Connection {
  const client = new Client(information);
  const transport = new StreamableHTTPClientTransport(new URL(endpoint), { authProvider });
  return {
    // The transport declares an optional member as its interface does not under exactOptionalPropertyTypes.
    connect: () => client.connect(transport as Parameters<Client['connect']>[0]),
    finish: (callback) => transport.finishAuth(callback.get('code') ?? ''),
    protocolVersion: () => transport.protocolVersion,
    serverName: () => client.getServerVersion()?.name,
    listTools: async () => (await client.listTools()).tools,
    callTool: (name, args) => client.callTool({ name, arguments: args }) as Promise<CallResult>,
    ...othersOf(client as unknown as Others),
    close: () => client.close(),
  };
}

function connectCurrent(mode: 'legacy' | 'auto') {
  return (endpoint: string, authProvider: Owner): Connection => {
    const client = new current.Client(information, { versionNegotiation: { mode } });
    const transport = new current.StreamableHTTPClientTransport(new URL(endpoint), { authProvider });
    return {
      connect: () => client.connect(transport),
      finish: (callback) => transport.finishAuth(callback),
      protocolVersion: () => client.getNegotiatedProtocolVersion(),
      serverName: () => client.getServerVersion()?.name,
      listTools: async () => (await client.listTools()).tools,
      callTool: (name, args) => client.callTool({ name, arguments: args }),
      ...othersOf(client),
      close: () => client.close(),
    };
  };
}

/** The official clients that servers meet, by the protocol version that they and a current server agree on. */
export const officialClients = [
  { title: 'sdk 1, 2025-11-25', version: '2025-11-25', connect: connectPrevious },
  { title: 'client 2, 2025-11-25', version: '2025-11-25', connect: connectCurrent('legacy') },
  { title: 'client 2, 2026-07-28', version: '2026-07-28', connect: connectCurrent('auto') },
] as const;

export type OfficialClient = (typeof officialClients)[number];

/** An official MCP client with a person in front of it: whenever authorization is requested, the person grants it. */
export class McpClient {
  readonly #kind: OfficialClient;
  readonly #endpoint: string;
  readonly #owner = new Owner();
  #connection: Connection;
  /** Every page that the person was sent to. */
  readonly destinations: URL[] = [];
  person: Person;

  constructor(kind: OfficialClient, endpoint: string, person: Person = {}) {
    this.#kind = kind;
    this.#endpoint = endpoint;
    this.person = person;
    this.#connection = kind.connect(endpoint, this.#owner);
  }

  /** Connects from nothing but the URL: registers, sends the person to the consent page, gets a token, initializes. */
  async connect(): Promise<void> {
    try {
      await this.#connection.connect();
    } catch (error) {
      await this.#authorize(error);
      // A transport connects once.
      await this.reconnect();
    }
  }

  /** A new connection of the same client, with the token that it has. */
  async reconnect(): Promise<void> {
    this.#connection = this.#kind.connect(this.#endpoint, this.#owner);
    await this.#connection.connect();
  }

  /** Calls a tool, and if that needs more scopes, asks the person and calls it again. */
  async callTool(name: string, args: Record<string, unknown> = {}): Promise<CallResult> {
    return await this.#withConsent(() => this.#connection.callTool(name, args));
  }

  readResource(uri: string): Promise<string | undefined> {
    return this.#withConsent(() => this.#connection.readResource(uri));
  }

  getPrompt(name: string, args: Record<string, string>): Promise<string | undefined> {
    return this.#withConsent(() => this.#connection.getPrompt(name, args));
  }

  /** The URIs of resources and the names of prompts that are listed. */
  listOthers(): Promise<readonly string[]> {
    return this.#connection.listOthers();
  }

  async #withConsent<Result>(request: () => Promise<Result>): Promise<Result> {
    try {
      return await request();
    } catch (error) {
      await this.#authorize(error);
      return await request();
    }
  }

  async #authorize(error: unknown): Promise<void> {
    const asks = error instanceof UnauthorizedError || error instanceof current.UnauthorizedError;
    const { destination } = this.#owner;
    if (!asks || destination === undefined) throw error;
    this.#owner.destination = undefined;
    this.destinations.push(destination);
    await this.#connection.finish(await consent(destination, this.person));
  }

  get token(): string {
    return this.#owner.tokens()?.access_token ?? '';
  }

  get protocolVersion(): string | undefined {
    return this.#connection.protocolVersion();
  }

  get serverName(): string | undefined {
    return this.#connection.serverName();
  }

  async toolNames(): Promise<readonly string[]> {
    return (await this.#connection.listTools()).map((tool) => tool.name);
  }

  close(): Promise<void> {
    return this.#connection.close();
  }
}

/** @returns the scopes that a person was asked for. */
export function scopesAsked(destination: URL | undefined): readonly string[] {
  return (destination?.searchParams.get('scope') ?? '').split(' ').filter((scope) => scope !== '');
}
