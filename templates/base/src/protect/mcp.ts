// The Model Context Protocol: gives one JSON-RPC message to the official SDK, and its answer back to HTTP.
import type { IncomingHttpHeaders } from 'node:http';
import {
  type CallToolResult,
  classifyInboundRequest,
  createMcpHandler,
  type JSONRPCMessage,
  type JSONRPCRequest,
  ProtocolError,
  ProtocolErrorCode,
  Server,
  SUPPORTED_PROTOCOL_VERSIONS,
  type Transport,
} from '@modelcontextprotocol/server';
import { refuseCall } from './gate.ts';
import type { Limits } from './limits.ts';
import type { Log } from './log.ts';
import { Refusal } from './refusal.ts';
import type { Access, ScalekitProvider } from './scalekit.ts';
import { errorResult, type Tool } from './tool.ts';

export interface McpOptions {
  readonly name: string;
  readonly version: string;
  /** What a model is told about the server as a whole. */
  readonly instructions?: string;
  readonly tools: readonly Tool[];
  readonly auth: ScalekitProvider;
  readonly limits: Limits;
  readonly log: Log;
}

/** A request whose token is good and whose body is one JSON object. */
export interface McpRequest {
  readonly id: string;
  readonly access: Access;
  readonly headers: IncomingHttpHeaders;
  readonly message: Readonly<Record<string, unknown>>;
  /** Aborted when the client hangs up. */
  readonly signal: AbortSignal;
  /** Set when a tool call was refused. The answer's body says so in JSON-RPC; this is for its status and headers. */
  refusal?: Refusal;
}

export interface McpAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | ReadableStream<Uint8Array>;
}

export class McpEndpoint {
  readonly #options: McpOptions;
  readonly #tools: ReadonlyMap<string, Tool>;
  readonly #listing: { tools: Tool['listing'][] };
  readonly #requests = new WeakMap<Request, McpRequest>();
  /** Serves the protocol of 2026-07-28; `#answerOlder` serves those before. */
  readonly #modern = createMcpHandler(({ requestInfo }) => this.#serverFor(requestInfo), {
    legacy: 'reject',
    onerror: ({ message }) => this.#options.log('debug', 'protocol_error', { message }),
  });

  constructor(options: McpOptions) {
    this.#options = options;
    this.#listing = { tools: options.tools.map((tool) => tool.listing) };
    this.#tools = new Map(options.tools.map((tool) => [tool.listing.name, tool]));
    if (this.#tools.size < options.tools.length) throw new Error('Two tools have the same name');
  }

  async answer(request: McpRequest): Promise<McpAnswer> {
    const { headers, message } = request;
    const route = classifyInboundRequest({
      httpMethod: 'POST',
      body: message,
      ...only('protocolVersionHeader', headers['mcp-protocol-version']?.toString()),
      ...only('mcpMethodHeader', headers['mcp-method']?.toString()),
      ...only('mcpNameHeader', headers['mcp-name']?.toString()),
    });
    if (route.kind !== 'legacy') return await this.#answerModern(request);
    // Notifications and answers ask for nothing, and there is no session that they could change.
    if (route.reason === 'notification' || route.reason === 'response') return { status: 202, headers: {} };
    return await this.#answerOlder(request);
  }

  /** Ends what stays open for long (subscriptions). */
  async close(): Promise<void> {
    await this.#modern.close();
  }

  async #answerModern(request: McpRequest): Promise<McpAnswer> {
    const { message, headers, signal } = request;
    const ofMcp = Object.entries(headers).filter(([name]) => name.startsWith('mcp-'));
    const webRequest = new Request(this.#options.auth.endpoint, {
      method: 'POST',
      headers: [['content-type', 'application/json'], ...ofMcp.map(([name, value]) => [name, String(value)])],
      signal,
    });
    this.#requests.set(webRequest, request);
    const response = await this.#modern.fetch(webRequest, { parsedBody: message });
    const isStream = response.headers.get('content-type')?.startsWith('text/event-stream');
    const body = isStream ? response.body : await response.text();
    return { status: response.status, headers: Object.fromEntries(response.headers), ...only('body', body) };
  }

  #serverFor(webRequest: Request | undefined): Server {
    const request = webRequest && this.#requests.get(webRequest);
    if (!request) throw new Error('A request came in past the checks');
    return this.#createServer(request);
  }

  /** Clients of 2025-11-25 and before: one request, one answer in JSON, no session, no stream. */
  async #answerOlder(request: McpRequest): Promise<McpAnswer> {
    const version = request.headers['mcp-protocol-version'];
    if (version !== undefined && !SUPPORTED_PROTOCOL_VERSIONS.includes(String(version))) {
      const supported = SUPPORTED_PROTOCOL_VERSIONS.join(', ');
      throw new Refusal(400, 'protocol_version', `MCP-Protocol-Version has to be one of ${supported}`);
    }
    const exchange = new SingleExchange();
    await this.#createServer(request).connect(exchange);
    const answer = await exchange.ask(request.message as unknown as JSONRPCRequest, request.signal);
    return { status: 200, headers: { 'content-type': 'application/json' }, body: JSON.stringify(answer) };
  }

  /** A server object serves one request and is dropped after it, so that no two users ever share one. */
  #createServer(request: McpRequest): Server {
    const { name, version, instructions } = this.#options;
    const server = new Server(
      { name, version },
      { capabilities: { tools: {} }, ...only('instructions', instructions) },
    );
    server.setRequestHandler('tools/list', () => this.#listing);
    server.setRequestHandler('tools/call', async ({ params }, { mcpReq }) => {
      const tool = this.#tools.get(params.name);
      if (!tool) throw new ProtocolError(ProtocolErrorCode.InvalidParams, 'There is no tool of that name');
      const refusal = await refuseCall(tool, request.access, this.#options);
      if (refusal) {
        request.refusal = refusal;
        throw new ProtocolError(-32_000, refusal.message, { reason: refusal.reason });
      }
      return await this.#run(tool, params.arguments, request, mcpReq.signal);
    });
    return server;
  }

  async #run(tool: Tool, args: unknown, request: McpRequest, signal: AbortSignal): Promise<CallToolResult> {
    const { user, scopes } = request.access;
    try {
      return await tool.call(args, { user, scopes, signal });
    } catch (error) {
      // What went wrong inside is for the log. The client gets a number to ask about.
      const { message, stack } = error instanceof Error ? error : new Error(String(error));
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

/** A connection for one request and its answer. What a tool would send in between has no way to the client. */
class SingleExchange implements Transport {
  onmessage?: (message: JSONRPCMessage) => void;
  onclose?: () => void;
  #answered: (answer: JSONRPCMessage | undefined) => void = () => {};

  /** @returns the answer, or nothing where the client hung up before. */
  async ask(request: JSONRPCRequest, signal: AbortSignal): Promise<JSONRPCMessage | undefined> {
    const hangUp = () => void this.close();
    signal.addEventListener('abort', hangUp, { once: true });
    return await new Promise((resolve) => {
      this.#answered = resolve;
      this.onmessage?.(request);
    });
  }

  async start(): Promise<void> {}

  async send(message: JSONRPCMessage): Promise<void> {
    if (!('method' in message)) this.#answered(message);
  }

  async close(): Promise<void> {
    this.#answered(undefined);
    this.onclose?.();
  }
}

/** An object with this property, or without it: under `exactOptionalPropertyTypes` an absent value is left out. */
function only<Name extends string, Value>(
  name: Name,
  value: Value | null | undefined,
): { [name in Name]?: Value } {
  return value === undefined || value === null ? {} : ({ [name]: value } as { [name in Name]: Value });
}
