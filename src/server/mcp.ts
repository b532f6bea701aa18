// The Model Context Protocol: gives one JSON-RPC message to the official SDK, and its answer back to HTTP.
import {
  type CallToolResult,
  classifyInboundRequest,
  createMcpHandler,
  type Implementation,
  type InputRequiredResult,
  type JSONRPCRequest,
  type McpHttpHandler,
  McpServer,
  type MessageClassification,
  type Server,
  type ServerCapabilities,
  type ServerOptions,
  SUPPORTED_PROTOCOL_VERSIONS,
} from '@modelcontextprotocol/server';
import { isLoopback } from '../scalekit/urls.ts';
import { type About, implementationOf } from './about.ts';
import { callerOf, refuseAnonymous } from './anonymous.ts';
import { Catalogue, type Declared } from './catalogue.ts';
import { DirectAnswers, directCallOf, directContext } from './direct-calls.ts';
import { EventStream } from './event-stream.ts';
import { type FeatureOptions, Features } from './features.ts';
import { refuseAccess, refuseCall } from './gate.ts';
import { type McpAnswer, type McpRequest, takesStream } from './mcp-request.ts';
import { OpenRequests } from './open-requests.ts';
import { isVisible } from './param-headers.ts';
import { legacy, modernVersion, PlainCalls } from './plain-calls.ts';
import { Refusal, refusalBody } from './refusal.ts';
import { Exchange, headerMismatch, throwRefusal } from './refused-call.ts';
import { sessionFor } from './session.ts';
import { SingleAnswer } from './single-answer.ts';
import { asksForSkills, attachSkills, type Skills, skillsAskedFor } from './skills.ts';
import { StrictServer } from './strict-server.ts';
import { Subscriptions } from './subscriptions.ts';

export interface McpOptions extends About, Declared, FeatureOptions {}

const json = { 'content-type': 'application/json' };
/** The last one keeps nginx from holding parts back. */
const streamed = { 'content-type': 'text/event-stream', 'x-accel-buffering': 'no' };

/** In the order of preference; the SDK's list has those before 2026 only. */
const protocolVersions = [...SUPPORTED_PROTOCOL_VERSIONS, modernVersion];

export class McpEndpoint {
  /** Whether there is something to call without a token. */
  readonly isPublic: boolean;
  readonly #options: McpOptions;
  readonly #catalogue: Catalogue;
  readonly #features: Features;
  readonly #directAnswers: DirectAnswers;
  readonly #implementation: Implementation;
  /** How long clients may keep what they have listed (2026-07-28). */
  readonly #cacheHints: NonNullable<ServerOptions['cacheHints']>;
  readonly #requests = new WeakMap<Request, McpRequest>();
  readonly #plainCalls = new PlainCalls();
  /** Requests for skills that have passed the gate, with the skills that they may see. */
  readonly #admitted = new WeakMap<McpRequest, readonly Skills[]>();
  readonly #underWay = new Set<Promise<Response>>();
  readonly #openRequests = new OpenRequests();
  readonly #subscriptions: Subscriptions;
  /** The SDK's own handler for 2026-07-28, which knows all of it: discovery, subscriptions, every wrong header. */
  readonly #modern: McpHttpHandler;

  constructor(options: McpOptions) {
    this.isPublic = options.tools.some((tool) => tool.isPublic === true);
    this.#options = options;
    this.#implementation = implementationOf(options);
    this.#directAnswers = new DirectAnswers(this.#implementation);
    this.#catalogue = new Catalogue(options, options.auth.scopes);
    this.#features = new Features(this.#catalogue, options);
    this.#subscriptions = new Subscriptions(this.#catalogue, options.auth);
    this.#modern = createMcpHandler(({ requestInfo }) => this.#serverFor(requestInfo), {
      legacy: 'reject',
      bus: this.#subscriptions,
      onerror: ({ message }) => options.log('debug', 'protocol_error', { message }),
    });
    // Lists change only with a new version or another token. On a developer's machine that is every few seconds.
    const changesOften = options.hideWhatIsRefused || isLoopback(options.auth.endpoint);
    const ttlMs = changesOften ? 5000 : 300_000;
    this.#cacheHints = {
      'tools/list': { ttlMs },
      'prompts/list': { ttlMs },
      'resources/templates/list': { ttlMs },
      'server/discover': { ttlMs },
    };
  }

  /** Whatever is refused from here on, the answer has the id of its request (MCP 2026-07-28, "Error Responses"). */
  async answer(request: McpRequest): Promise<McpAnswer> {
    try {
      return await this.#answer(request);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      request.refusal = error;
      return {
        status: error.status,
        headers: json,
        body: refusalBody(error, request.id, request.message.id),
      };
    }
  }

  async #answer(request: McpRequest): Promise<McpAnswer> {
    const { headers, message } = request;
    refuseAnonymous(request, this.#options.auth);
    const call = this.#plainCalls.recognise(message, headers);
    if (call !== undefined) return await this.#answerCall(request, call);
    if (this.#catalogue.skills.length > 0 && asksForSkills(message)) {
      const refused = await this.#refuseSkills(request);
      if (refused !== undefined) return refused;
    }
    const route = classifyInboundRequest({
      httpMethod: 'POST',
      body: message,
      ...only('protocolVersionHeader', headers['mcp-protocol-version']?.toString()),
      ...only('mcpMethodHeader', headers['mcp-method']?.toString()),
      ...only('mcpNameHeader', headers['mcp-name']?.toString()),
    });
    const modernCall = this.#plainCalls.learn(route, headers);
    if (modernCall !== undefined) return await this.#answerOnce(request, modernCall);
    if (route.kind !== 'legacy') {
      checkName(headers['mcp-name']);
      return await this.#answerModern(request);
    }
    // Notifications ask for nothing, and there is no session that they could change.
    if (route.reason === 'response') this.#openRequests.answer(message, callerOf(request));
    if (route.reason === 'notification' || route.reason === 'response') return { status: 202, headers: {} };
    checkVersion(headers['mcp-protocol-version']);
    return withSession(await this.#answerOnce(request, legacy), sessionFor(message));
  }

  /** Ends what stays open for long (subscriptions), once everything else has its answer. */
  async close(): Promise<void> {
    await Promise.allSettled(this.#underWay);
    await this.#modern.close();
  }

  /** A tool call, without the SDK's server where that would change nothing (`direct-calls.ts`). */
  async #answerCall(request: McpRequest, classification: MessageClassification): Promise<McpAnswer> {
    const call = directCallOf(request);
    if (call === undefined) return await this.#answerOnce(request, classification);
    const exchange = new Exchange(request, directContext(request, call));
    try {
      const result = await this.#features.callTool(call.name, call.arguments, exchange);
      const body = this.#directAnswers.ofResult(request, call, result);
      return body === undefined
        ? await this.#answerOnce(request, classification, result)
        : { status: 200, headers: json, body };
    } catch (error) {
      return { status: 200, headers: json, body: this.#directAnswers.ofError(request, error) };
    }
  }

  /** Lets a request for skills pass the gate, which the SDK's extension does not know. @returns the answer if it is refused. */
  async #refuseSkills(request: McpRequest): Promise<McpAnswer | undefined> {
    const asked = skillsAskedFor(this.#catalogue.skills, request.message);
    const allowed = asked.filter((each) => !refuseAccess(each, request.access, this.#options.auth));
    try {
      throwRefusal(await refuseCall(allowed[0] ?? asked[0], request, this.#options), request);
    } catch (error) {
      return { status: 200, headers: json, body: this.#directAnswers.ofError(request, error) };
    }
    this.#admitted.set(request, allowed);
    const { access, id: requestId, message } = request;
    this.#options.log('info', 'skills', { method: message.method, subject: access?.user.subject, requestId });
    return undefined;
  }

  /**
   * One request, one answer, no session: all of 2025-11-25 and before, and the calls of after.
   * @param result what came of a tool call that has run already.
   */
  async #answerOnce(
    request: McpRequest,
    classification: MessageClassification,
    result?: CallToolResult | InputRequiredResult,
  ): Promise<McpAnswer> {
    const transport = new SingleAnswer(classification, {
      takesStream: takesStream(request.headers),
      userId: callerOf(request),
      openRequests: this.#openRequests,
    });
    const server = this.#createServer(request);
    if (result !== undefined) server.setRequestHandler('tools/call', () => result);
    await server.connect(transport);
    request.onHangUp(() => transport.close());
    const answer = await transport.ask(request.message as unknown as JSONRPCRequest);
    if (answer instanceof EventStream)
      return { status: 200, headers: streamed, body: answer.readable, end: () => void transport.close() };
    return { status: 200, headers: json, body: JSON.stringify(answer) };
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
    const response = await this.#untilAnswered(
      this.#subscriptions.listen(request, () => this.#modern.fetch(webRequest, { parsedBody: message })),
    );
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
    return this.#createServer(request, this.#catalogue.modernCapabilities);
  }

  /**
   * A server object serves one request and is dropped after it, so that no two users ever share one. It is the SDK's
   * plain `Server`: an `McpServer` would register and convert every tool anew each time. Only the SDK's skills need one.
   */
  #createServer(
    request: McpRequest,
    capabilities: ServerCapabilities = this.#catalogue.capabilities,
  ): Server {
    const { instructions } = this.#options;
    const serverOptions = {
      capabilities,
      supportedProtocolVersions: protocolVersions,
      cacheHints: this.#cacheHints,
      ...only('instructions', instructions),
    };
    const skills = this.#admitted.get(request);
    if (skills !== undefined) {
      const ofSkills = new McpServer(this.#implementation, serverOptions);
      attachSkills(ofSkills, skills);
      return ofSkills.server;
    }
    const server = new StrictServer(this.#implementation, serverOptions);
    this.#features.install(server, request);
    return server;
  }
}

function withSession(answer: McpAnswer, session: string | undefined): McpAnswer {
  if (session === undefined) return answer;
  return { ...answer, headers: { ...answer.headers, 'mcp-session-id': session } };
}

function checkVersion(version: unknown): void {
  if (version === undefined || protocolVersions.includes(String(version))) return;
  const supported = protocolVersions.join(', ');
  throw new Refusal(400, 'protocol_version', `MCP-Protocol-Version has to be one of ${supported}`);
}

/** The SDK compares the header with the body, whatever characters it has. */
function checkName(name: string | string[] | undefined): void {
  if (name !== undefined && !isVisible(String(name)))
    throw headerMismatch('The header mcp-name has characters that no header may have');
}

/** An object with this property, or without it: under `exactOptionalPropertyTypes` an absent value is left out. */
function only<Name extends string, Value>(
  name: Name,
  value: Value | null | undefined,
): { [name in Name]?: Value } {
  return value === undefined || value === null ? {} : ({ [name]: value } as { [name in Name]: Value });
}
