// The Model Context Protocol: gives one JSON-RPC message to the official SDK, and its answer back to HTTP.
import type { IncomingHttpHeaders } from 'node:http';
import { inspect } from 'node:util';
import {
  type CallToolResult,
  classifyInboundRequest,
  createMcpHandler,
  type Implementation,
  type JSONRPCRequest,
  type MessageClassification,
  ProtocolError,
  ProtocolErrorCode,
  Server,
  type ServerOptions,
  SUPPORTED_PROTOCOL_VERSIONS,
} from '@modelcontextprotocol/server';
import { isLoopback } from '../scalekit/urls.ts';
import { type About, implementationOf } from './about.ts';
import type { Access } from './access.ts';
import { refuseCall } from './gate.ts';
import type { Limits } from './limits.ts';
import type { Log } from './log.ts';
import { legacy, modernVersion, PlainCalls } from './plain-calls.ts';
import type { ScalekitProvider } from './provider.ts';
import { Refusal } from './refusal.ts';
import type { OwnServices } from './services.ts';
import { SingleAnswer } from './single-answer.ts';
import { errorResult, type Tool } from './tool.ts';
import type { OwnVariables } from './variables.ts';

export interface McpOptions extends About {
  readonly tools: readonly Tool[];
  readonly auth: ScalekitProvider;
  /** The owner's variables, for tools. */
  readonly env: OwnVariables;
  /** What the owner's tools work with. */
  readonly services: OwnServices;
  readonly limits: Limits;
  readonly log: Log;
}

/** A request whose token is good and whose body is one JSON object. */
export interface McpRequest {
  readonly id: string;
  readonly access: Access;
  readonly headers: IncomingHttpHeaders;
  readonly message: Readonly<Record<string, unknown>>;
  /** Calls back when the client hangs up before it has its answer. */
  readonly onHangUp: (callback: () => void) => void;
  /** Set when a tool call was refused. The answer's body says so in JSON-RPC; this is for its status and headers. */
  refusal?: Refusal;
}

export interface McpAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | ReadableStream<Uint8Array>;
  /** Ends a stream. */
  end?(): void;
}

/** In the order of preference; the SDK's list has those before 2026 only. */
const protocolVersions = [...SUPPORTED_PROTOCOL_VERSIONS, modernVersion];

export class McpEndpoint {
  readonly #options: McpOptions;
  readonly #tools: ReadonlyMap<string, Tool>;
  readonly #implementation: Implementation;
  readonly #listing: { tools: Tool['listing'][] };
  /** How long clients may keep what they have listed (2026-07-28). */
  readonly #cacheHints: NonNullable<ServerOptions['cacheHints']>;
  readonly #requests = new WeakMap<Request, McpRequest>();
  readonly #plainCalls = new PlainCalls();
  readonly #underWay = new Set<Promise<Response>>();
  /** The SDK's own handler for 2026-07-28, which knows all of it: discovery, subscriptions, every wrong header. */
  readonly #modern = createMcpHandler(({ requestInfo }) => this.#serverFor(requestInfo), {
    legacy: 'reject',
    onerror: ({ message }) => this.#options.log('debug', 'protocol_error', { message }),
  });

  constructor(options: McpOptions) {
    this.#options = options;
    this.#implementation = implementationOf(options);
    // The tools change with a new version alone. On a developer's machine that is every few seconds.
    const ttlMs = isLoopback(options.auth.endpoint) ? 5000 : 300_000;
    this.#cacheHints = { 'tools/list': { ttlMs }, 'server/discover': { ttlMs } };
    this.#listing = { tools: options.tools.map((tool) => tool.listing) };
    this.#tools = new Map(options.tools.map((tool) => [tool.listing.name, tool]));
    if (this.#tools.size < options.tools.length) throw new TypeError('Two tools have the same name');
    for (const { listing, scopes } of options.tools)
      for (const scope of scopes)
        if (!options.auth.scopes.has(scope))
          throw new TypeError(
            `${listing.name} needs the scope ${scope}, which is not among the scopes of auth`,
          );
  }

  async answer(request: McpRequest): Promise<McpAnswer> {
    const { headers, message } = request;
    const call = this.#plainCalls.recognise(message, headers);
    if (call !== undefined) return await this.#answerOnce(request, call);
    const route = classifyInboundRequest({
      httpMethod: 'POST',
      body: message,
      ...only('protocolVersionHeader', headers['mcp-protocol-version']?.toString()),
      ...only('mcpMethodHeader', headers['mcp-method']?.toString()),
      ...only('mcpNameHeader', headers['mcp-name']?.toString()),
    });
    const modernCall = this.#plainCalls.learn(route, headers);
    if (modernCall !== undefined) return await this.#answerOnce(request, modernCall);
    if (route.kind !== 'legacy') return await this.#answerModern(request);
    // Notifications and answers ask for nothing, and there is no session that they could change.
    if (route.reason === 'notification' || route.reason === 'response') return { status: 202, headers: {} };
    checkVersion(headers['mcp-protocol-version']);
    return await this.#answerOnce(request, legacy);
  }

  /** Ends what stays open for long (subscriptions), once everything else has its answer. */
  async close(): Promise<void> {
    await Promise.allSettled(this.#underWay);
    await this.#modern.close();
  }

  /** One request, one answer in JSON, no session, no stream: all of 2025-11-25 and before, and the calls of after. */
  async #answerOnce(request: McpRequest, classification: MessageClassification): Promise<McpAnswer> {
    const transport = new SingleAnswer(classification);
    await this.#createServer(request).connect(transport);
    request.onHangUp(() => transport.close());
    const answer = await transport.ask(request.message as unknown as JSONRPCRequest);
    return { status: 200, headers: { 'content-type': 'application/json' }, body: JSON.stringify(answer) };
  }

  async #answerModern(request: McpRequest): Promise<McpAnswer> {
    const { message, headers, onHangUp } = request;
    const hangUp = new AbortController();
    onHangUp(() => hangUp.abort());
    // Without the token: whatever reads this request has no use for it.
    const ofMcp = Object.entries(headers).filter(([name]) => name.startsWith('mcp-'));
    const webRequest = new Request(this.#options.auth.endpoint, {
      method: 'POST',
      headers: [['content-type', 'application/json'], ...ofMcp.map(([name, value]) => [name, String(value)])],
      signal: hangUp.signal,
    });
    this.#requests.set(webRequest, request);
    const response = await this.#untilAnswered(this.#modern.fetch(webRequest, { parsedBody: message }));
    const isStream = response.headers.get('content-type')?.startsWith('text/event-stream');
    const body = isStream ? response.body : await response.text();
    // Whether the connection is kept is not for the SDK to say.
    response.headers.delete('connection');
    return {
      status: response.status,
      headers: Object.fromEntries(response.headers),
      ...only('body', body),
      end: () => hangUp.abort(),
    };
  }

  async #untilAnswered(answer: Promise<Response>): Promise<Response> {
    this.#underWay.add(answer);
    return await answer.finally(() => this.#underWay.delete(answer));
  }

  #serverFor(webRequest: Request | undefined): Server {
    const request = webRequest && this.#requests.get(webRequest);
    if (!request) throw new Error('A request came in past the checks');
    return this.#createServer(request);
  }

  /**
   * A server object serves one request and is dropped after it, so that no two users ever share one. It is the SDK's
   * plain `Server`: an `McpServer` would register and convert every tool anew each time.
   */
  #createServer(request: McpRequest): Server {
    const { instructions } = this.#options;
    const server = new Server(this.#implementation, {
      capabilities: { tools: {} },
      supportedProtocolVersions: protocolVersions,
      cacheHints: this.#cacheHints,
      ...only('instructions', instructions),
    });
    server.setRequestHandler('tools/list', () => this.#listing);
    server.setRequestHandler('tools/call', async ({ params }, { mcpReq }) => {
      const tool = this.#tools.get(params.name);
      const refusal = await refuseCall(tool, request.access, this.#options);
      if (refusal) {
        request.refusal = refusal;
        throw new ProtocolError(refusal.code, refusal.message, {
          reason: refusal.reason,
          requestId: request.id,
        });
      }
      if (!tool) throw new ProtocolError(ProtocolErrorCode.InvalidParams, 'There is no tool of that name');
      return await this.#logged(tool, request, this.#run(tool, params.arguments, request, mcpReq.signal));
    });
    return server;
  }

  /** One line a call: which tool, for whom, how long. */
  async #logged(
    tool: Tool,
    { id, access }: McpRequest,
    call: Promise<CallToolResult>,
  ): Promise<CallToolResult> {
    const since = performance.now();
    const result = await call;
    const ms = Math.round((performance.now() - since) * 10) / 10;
    const { name } = tool.listing;
    const { subject } = access.user;
    const outcome = result.isError ? { isError: true } : {};
    this.#options.log('info', 'call', { tool: name, subject, ms, ...outcome, requestId: id });
    return result;
  }

  async #run(tool: Tool, args: unknown, request: McpRequest, signal: AbortSignal): Promise<CallToolResult> {
    const { user, scopes } = request.access;
    const { env, services } = this.#options;
    try {
      return await tool.call(args, { user, scopes, env, services, signal });
    } catch (error) {
      // What went wrong inside is for the log. The client gets the request's id to ask about.
      const { message, stack } = error instanceof Error ? error : new Error(inspect(error));
      const details = {
        tool: tool.listing.name,
        subject: user.subject,
        requestId: request.id,
        message,
        stack,
      };
      this.#options.log('error', 'tool_failed', details);
      return errorResult(`Internal error (request ${request.id})`);
    }
  }
}

function checkVersion(version: unknown): void {
  if (version === undefined || protocolVersions.includes(String(version))) return;
  const supported = protocolVersions.join(', ');
  throw new Refusal(400, 'protocol_version', `MCP-Protocol-Version has to be one of ${supported}`);
}

/** An object with this property, or without it: under `exactOptionalPropertyTypes` an absent value is left out. */
function only<Name extends string, Value>(
  name: Name,
  value: Value | null | undefined,
): { [name in Name]?: Value } {
  return value === undefined || value === null ? {} : ({ [name]: value } as { [name in Name]: Value });
}
