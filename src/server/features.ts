// What a server does: calls tools, reads resources, gets prompts, lists and completes. Each request passes the gate first.
import { inspect } from 'node:util';
import {
  type CallToolResult,
  type CompleteRequest,
  type CompleteResult,
  type GetPromptResult,
  type InputRequiredResult,
  inputRequired,
  type ListResourcesResult,
  ProtocolError,
  ProtocolErrorCode,
  type ReadResourceResult,
  type Server,
} from '@modelcontextprotocol/server';
import { signInResult } from './anonymous.ts';
import { type Call, ServerCall } from './call.ts';
import { CarriedState } from './carried-state.ts';
import type { Catalogue, Listings } from './catalogue.ts';
import { completionOf } from './completion.ts';
import { type Guarded, refuseAccess, refuseCall } from './gate.ts';
import type { Limits } from './limits.ts';
import type { Details, Log } from './log.ts';
import type { McpRequest } from './mcp-request.ts';
import { cursorOf, placesIn, refuseCursor } from './pages.ts';
import { headerMismatch } from './param-headers.ts';
import { WrongArguments } from './prompt.ts';
import type { ScalekitProvider } from './provider.ts';
import { CannotAsk, Interrupted } from './questions.ts';
import { cannotAsk, checkHeaders, Exchange, notFound, throwRefusal } from './refused-call.ts';
import type { Resource } from './resource.ts';
import type { OwnServices } from './services.ts';
import { errorResult, ToolError } from './tool.ts';
import type { OwnVariables } from './variables.ts';

export interface FeatureOptions {
  readonly auth: ScalekitProvider;
  /** The owner's variables. */
  readonly env: OwnVariables;
  /** What the owner's tools, resources and prompts work with. */
  readonly services: OwnServices;
  /** Whether lists leave out what the token would be refused. */
  readonly hideWhatIsRefused?: boolean;
  readonly limits: Limits;
  readonly log: Log;
  /** Signs what clients carry from one round of a call to the next. */
  readonly stateSecret?: string | undefined;
}

/** How a call is written into the log: the event, the event of its failure, and what was called. */
interface Logged {
  readonly event: string;
  readonly failure: string;
  readonly about: Details;
}

export class Features {
  readonly #catalogue: Catalogue;
  readonly #options: FeatureOptions;
  readonly #carried: CarriedState;

  constructor(catalogue: Catalogue, options: FeatureOptions) {
    this.#carried = new CarriedState(options.stateSecret);
    this.#catalogue = catalogue;
    this.#options = options;
  }

  /** Gives the SDK's server what it needs for this request, and nothing more: there is one server a request. */
  install(server: Server, request: McpRequest): void {
    const { capabilities, prompts } = this.#catalogue;
    switch (request.message.method) {
      case 'tools/call':
        server.setRequestHandler('tools/call', ({ params }, context) =>
          this.callTool(params.name, params.arguments, new Exchange(request, context)),
        );
        return;
      case 'tools/list':
        server.setRequestHandler('tools/list', ({ params }) => {
          refuseCursor(params);
          return this.#listingsFor(request).tools;
        });
        return;
    }
    if (prompts.size > 0) this.#installPrompts(server, request);
    if (capabilities.resources) this.#installResources(server, request);
    if (capabilities.completions)
      server.setRequestHandler('completion/complete', ({ params }, context) =>
        this.#complete(params, new Exchange(request, context)),
      );
  }

  #listingsFor({ access }: McpRequest): Listings {
    return this.#options.hideWhatIsRefused
      ? this.#catalogue.listingsFor(access?.scopes)
      : this.#catalogue.listings;
  }

  #installPrompts(server: Server, request: McpRequest): void {
    server.setRequestHandler('prompts/list', ({ params }) => {
      refuseCursor(params);
      return this.#listingsFor(request).prompts;
    });
    server.setRequestHandler('prompts/get', ({ params }, context) =>
      this.#getPrompt(params.name, params.arguments, new Exchange(request, context)),
    );
  }

  #installResources(server: Server, request: McpRequest): void {
    server.setRequestHandler('resources/list', ({ params }, context) =>
      this.#listResources(params?.cursor, new Exchange(request, context)),
    );
    server.setRequestHandler('resources/templates/list', ({ params }) => {
      refuseCursor(params);
      return this.#listingsFor(request).templates;
    });
    server.setRequestHandler('resources/read', ({ params }, context) =>
      this.#readResource(params.uri, new Exchange(request, context)),
    );
  }

  /** @throws ProtocolError where it is refused, or nothing has that name. */
  async callTool(
    name: string,
    args: unknown,
    exchange: Exchange,
  ): Promise<CallToolResult | InputRequiredResult> {
    const tool = this.#catalogue.tools.get(name);
    const { request } = exchange;
    const refusal = await refuseCall(tool, request, this.#options);
    const signIn = refusal && signInResult(refusal, request, this.#options.auth, tool?.scopes);
    if (signIn !== undefined) return signIn;
    throwRefusal(refusal, request);
    if (!tool) throw new ProtocolError(ProtocolErrorCode.InvalidParams, 'There is no tool of that name');
    const { paramHeaders } = tool;
    if (paramHeaders && exchange.isModern)
      checkHeaders(headerMismatch(paramHeaders, args, request.headers), exchange);
    const logged = { event: 'call', failure: 'tool_failed', about: { tool: name } };
    return await this.#run(logged, exchange, async (call) => {
      try {
        return await tool.call(args, call);
      } catch (error) {
        if (error instanceof Interrupted) throw error;
        if (error instanceof CannotAsk) return cannotAsk(error, exchange);
        return errorResult(this.#report(error, logged, request));
      }
    });
  }

  async #readResource(uri: string, exchange: Exchange): Promise<ReadResourceResult | InputRequiredResult> {
    const found = this.#catalogue.find(uri);
    await this.#gate(found?.resource, exchange.request);
    if (!found) throw notFound(uri);
    const { resource, variables } = found;
    const logged = { event: 'read', failure: 'resource_failed', about: { resource: resource.listing.name } };
    return await this.#run(logged, exchange, async (call) => {
      const result = await this.#orError(resource.read(uri, variables, ofUser(call)), logged, exchange, {
        uri,
      });
      if (result === undefined) throw notFound(uri);
      return exchange.isModern ? { ...result, ...resource.cache } : result;
    });
  }

  async #getPrompt(
    name: string,
    args: unknown,
    exchange: Exchange,
  ): Promise<GetPromptResult | InputRequiredResult> {
    const prompt = this.#catalogue.prompts.get(name);
    await this.#gate(prompt, exchange.request);
    if (!prompt) throw new ProtocolError(ProtocolErrorCode.InvalidParams, 'There is no prompt of that name');
    const logged = { event: 'prompt', failure: 'prompt_failed', about: { prompt: name } };
    return await this.#run(logged, exchange, (call) =>
      this.#orError(prompt.get(args, ofUser(call)), logged, exchange),
    );
  }

  /** What a template lists belongs to a user: without a token, or its scopes, it is not asked. */
  async #listResources(cursor: string | undefined, exchange: Exchange): Promise<ListResourcesResult> {
    const { templates } = this.#catalogue;
    const { access } = exchange.request;
    const mine = templates.filter(
      ({ scopes }) => access && scopes.every((scope) => access.scopes.has(scope)),
    );
    const places = cursor === undefined ? undefined : placesIn(cursor, this.#catalogue.templateNames);
    const asked = mine.filter(({ listing }) => places?.has(listing.name) ?? true);
    const pages = await Promise.all(
      asked.map((template) => this.#page(template, places?.get(template.listing.name), exchange)),
    );
    const first = places === undefined ? this.#listingsFor(exchange.request).resources : [];
    const rest = new Map(
      pages.flatMap(({ name, cursor: place }) => (place === undefined ? [] : [[name, place] as const])),
    );
    const nextCursor = cursorOf(rest);
    return {
      resources: [...first, ...pages.flatMap(({ resources }) => resources)],
      ...(nextCursor !== undefined && { nextCursor }),
    };
  }

  /** A page of one template. @param from the cursor of its page before. */
  async #page({ list, listing }: Resource, from: string | undefined, exchange: Exchange) {
    const { name } = listing;
    if (!list) return { name, resources: [], cursor: undefined };
    const about = { resource: name };
    const call = new ServerCall(exchange.request, exchange.context, about, this.#options);
    const logged = { event: 'list', failure: 'list_failed', about };
    return { name, ...(await this.#orError(list(ofUser(call), from), logged, exchange)) };
  }

  async #complete(
    { ref, argument, context }: CompleteRequest['params'],
    exchange: Exchange,
  ): Promise<CompleteResult> {
    const completable = this.#catalogue.completable(ref);
    if (!completable)
      throw new ProtocolError(ProtocolErrorCode.InvalidParams, 'There is nothing of that name to complete');
    const { request } = exchange;
    const { auth } = this.#options;
    throwRefusal(refuseAccess(completable, request.access, auth), request);
    const completer = completable.completers.get(argument.name);
    if (!completer) return completionOf([]);
    const about = { complete: argument.name };
    const call = new ServerCall(request, exchange.context, about, this.#options);
    const suggested = async () => await completer(argument.value, ofUser(call), context?.arguments ?? {});
    const logged = { event: 'complete', failure: 'completion_failed', about };
    return completionOf(await this.#orError(suggested(), logged, exchange));
  }

  async #gate(wanted: Guarded | undefined, request: McpRequest): Promise<void> {
    throwRefusal(await refuseCall(wanted, request, this.#options), request);
  }

  /** One line per call: what, for whom, how long. */
  async #run<Result extends object>(
    { event, about }: Logged,
    { request, context, isModern }: Exchange,
    work: (call: ServerCall) => Promise<Result>,
  ): Promise<Result | InputRequiredResult> {
    const since = performance.now();
    const state = isModern ? context.mcpReq.requestState() : undefined;
    const answers = state === undefined ? undefined : await this.#carried.read(state, request);
    const call = new ServerCall(request, context, about, this.#options, answers);
    const result = await this.#orQuestions(work(call), call, request);
    const ms = Math.round((performance.now() - since) * 10) / 10;
    const subject = request.access?.user.subject;
    const { traceparent } = call;
    this.#options.log('info', event, {
      ...about,
      subject,
      ms,
      ...outcomeOf(result),
      requestId: request.id,
      traceparent,
    });
    return result;
  }

  /** Where the call has asked something, the question is its result, whatever came of the rest. */
  async #orQuestions<Result extends object>(
    work: Promise<Result>,
    call: ServerCall,
    request: McpRequest,
  ): Promise<Result | InputRequiredResult> {
    const result = await work.catch((error: unknown) => {
      if (error instanceof Interrupted) return undefined;
      throw error;
    });
    const { interrupted } = call;
    if (interrupted?.open === undefined) return result as Result;
    const requestState = await this.#carried.write(interrupted.answers, request);
    return inputRequired({ inputRequests: interrupted.open, requestState });
  }

  /** Outside of tools there is no result that says what went wrong: it is an error of the protocol. */
  async #orError<Result>(
    work: Promise<Result>,
    logged: Logged,
    exchange: Exchange,
    data?: object,
  ): Promise<Result> {
    try {
      return await work;
    } catch (error) {
      if (error instanceof ProtocolError || error instanceof Interrupted) throw error;
      if (error instanceof CannotAsk) cannotAsk(error, exchange);
      if (error instanceof ToolError || error instanceof WrongArguments)
        throw new ProtocolError(ProtocolErrorCode.InvalidParams, error.message, data);
      throw new ProtocolError(ProtocolErrorCode.InternalError, this.#report(error, logged, exchange.request));
    }
  }

  /** Internal errors are only logged. @returns what the client is told: the request's id, to ask about. */
  #report(error: unknown, { failure, about }: Logged, { id, access }: McpRequest): string {
    const { message, stack } = error instanceof Error ? error : new Error(inspect(error));
    const subject = access?.user.subject;
    this.#options.log('error', failure, { ...about, subject, requestId: id, message, stack });
    return `Internal error (request ${id})`;
  }
}

/** Resources and prompts are for users alone: the gate has refused all others. @throws Error if it has not. */
function ofUser(call: ServerCall): Call {
  if (call.user === undefined) throw new Error('A request came in past the checks');
  return call as ServerCall & Call;
}

function outcomeOf(result: object): Details {
  if ('isError' in result && result.isError) return { isError: true };
  return 'inputRequests' in result ? { asked: true } : {};
}
