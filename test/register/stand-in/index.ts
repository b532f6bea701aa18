import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import { type Emulator, type EmulatorOptions, startEmulator } from '../../../src/emulator/index.ts';
import { makeDirectory, removeDirectory } from '../../support/temporary.ts';
import { Environment, type Scope } from './environment.ts';
import { type Call, makeServer, noSwitches, type Switches, type Workspace } from './tools.ts';

/** What a workspace has; the first environment is the one that most tests use. */
export interface StandInOptions {
  readonly environments?: ReadonlyArray<{
    readonly name: string;
    readonly type: 'DEV' | 'PRD';
    readonly scopes?: readonly Scope[];
  }>;
  readonly switches?: Partial<Switches>;
  /** The sign-in's local Scalekit. */
  readonly signIn?: Pick<EmulatorOptions, 'autoApprove' | 'dynamicClientRegistration'>;
}

/** Scalekit's own MCP server, with its OAuth and the environments of one workspace, on this machine. */
export interface StandIn {
  /** For `--scalekit-mcp-url`. */
  readonly url: string;
  readonly environments: readonly Environment[];
  readonly switches: Switches;
  /** Every call of a tool that arrived. */
  readonly calls: readonly Call[];
  readonly signIn: Emulator;
  /** A workspace as it was at the start, without switches. */
  reset(): Promise<void>;
  close(): Promise<void>;
}

const scopes = ['wks:read', 'wks:write', 'env:read', 'env:write', 'org:read', 'org:write'];

/** What a tool asks of a token; a token without it is refused as a whole (its public source). */
const needs: Readonly<Record<string, string>> = {
  create_environment_scope: 'env:write',
  register_mcp_server: 'env:write',
  update_mcp_server: 'env:write',
};

interface Message {
  readonly method?: string;
  readonly params?: { readonly name?: string };
}

class Door {
  readonly #workspace: Workspace;
  readonly #server = createServer(
    { keepAliveTimeout: 0 },
    (request, response) => void this.#answer(request, response),
  );
  signIn!: Emulator;
  #keys!: ReturnType<typeof createRemoteJWKSet>;

  constructor(workspace: Workspace) {
    this.#workspace = workspace;
  }

  get url(): string {
    return `http://localhost:${(this.#server.address() as AddressInfo).port}/`;
  }

  async open(options: EmulatorOptions): Promise<void> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    this.signIn = await startEmulator({ ...options, mcpUrl: this.url, scopes });
    this.#keys = createRemoteJWKSet(new URL(`${this.signIn.url}/keys`));
  }

  async close(): Promise<void> {
    this.#server.close();
    this.#server.closeAllConnections();
    await this.signIn.close();
  }

  async #isAllowed(request: IncomingMessage, message: Message): Promise<boolean> {
    const token = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1];
    if (token === undefined) return false;
    const audience = this.signIn.resourceId;
    const verified = await jwtVerify(token, this.#keys, { audience }).catch(() => undefined);
    const needed = message.method === 'tools/call' ? needs[message.params?.name ?? ''] : undefined;
    const granted = String(verified?.payload.scope ?? '').split(' ');
    return verified !== undefined && (needed === undefined || granted.includes(needed));
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname } = new URL(request.url ?? '/', this.url);
    if (pathname === '/.well-known/oauth-protected-resource') return this.#sendMetadata(response);
    if (request.method !== 'POST' || pathname !== '/')
      return void response.writeHead(404).end(`Cannot ${request.method} ${pathname}`);
    const message = (await json(request)) as Message;
    if (!(await this.#isAllowed(request, message))) {
      const challenge = `Bearer realm="OAuth", resource_metadata="${this.url}.well-known/oauth-protected-resource"`;
      return void response.writeHead(401, { 'www-authenticate': challenge }).end();
    }
    const transport = new StreamableHTTPServerTransport({});
    response.once('close', () => void transport.close());
    await makeServer(this.#workspace).connect(
      transport as Parameters<ReturnType<typeof makeServer>['connect']>[0],
    );
    await transport.handleRequest(request, response, message);
  }

  #sendMetadata(response: ServerResponse): void {
    const { url, resourceId } = this.signIn;
    response.writeHead(200, { 'content-type': 'application/json' }).end(
      JSON.stringify({
        resource: this.url,
        authorization_servers: [`${url}/resources/${resourceId}`],
        bearer_methods_supported: ['header'],
        resource_documentation: `${this.url}docs`,
        scopes_supported: scopes,
      }),
    );
  }
}

/** Starts it; by default a workspace with one development environment, in which nothing is yet. */
export async function startStandIn(options: StandInOptions = {}): Promise<StandIn> {
  const keyDirectory = await makeDirectory('stand-in');
  const wanted = options.environments ?? [{ name: 'Development', type: 'DEV' as const }];
  const environments = await Promise.all(
    wanted.map(({ name, type, scopes: own = [] }, index) =>
      Environment.start({ id: `env_${1001 + index}`, name, type, scopes: own, keyDirectory }),
    ),
  );
  let last = 2_000_000_000_000_000;
  const workspace: Workspace = {
    environments,
    switches: { ...noSwitches, ...options.switches },
    calls: [],
    nextId: () => {
      last += 1;
      return `res_${last}`;
    },
  };
  const door = new Door(workspace);
  await door.open({ ...options.signIn, keyDirectory });
  return {
    url: door.url,
    environments,
    switches: workspace.switches,
    calls: workspace.calls,
    signIn: door.signIn,
    reset: async () => {
      await Promise.all([door.signIn.reset(), ...environments.map((environment) => environment.reset())]);
      Object.assign(workspace.switches, noSwitches, options.switches);
      workspace.calls.length = 0;
    },
    close: async () => {
      await Promise.all([door.close(), ...environments.map((environment) => environment.close())]);
      await removeDirectory(keyDirectory);
    },
  };
}
