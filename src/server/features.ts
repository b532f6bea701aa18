// What a server does: calls tools, reads resources, gets prompts, lists and completes. Each request passes the gate first;
// `calls.ts` runs the owner's code.
import {
  type CallToolResult,
  type CompleteRequest,
  type CompleteResult,
  type GetPromptResult,
  type InputRequiredResult,
  type ListResourcesResult,
  ProtocolError,
  ProtocolErrorCode,
  type ReadResourceResult,
  type Server,
} from '@modelcontextprotocol/server';
import { signInResult } from './anonymous.ts';
import type { Call, ServerCall } from './call.ts';
import { type CallOptions, Calls } from './calls.ts';
import type { Catalogue, Listings } from './catalogue.ts';
import { completionOf } from './completion.ts';
import { type Guarded, refuseAccess, refuseCall } from './gate.ts';
import type { Limits } from './limits.ts';
import type { McpRequest } from './mcp-request.ts';
import { cursorOf, placesIn, refuseCursor } from './pages.ts';
import { mismatchOf } from './param-headers.ts';
import type { ScalekitProvider } from './provider.ts';
import { CannotAsk, Interrupted } from './questions.ts';
import { cannotAsk, checkHeaders, Exchange, notFound, throwRefusal } from './refused-call.ts';
import type { Resource } from './resource.ts';
import { errorResult } from './tool.ts';

export interface FeatureOptions extends CallOptions {
  readonly auth: ScalekitProvider;
  readonly limits: Limits;
  /** Whether lists leave out what the token would be refused. */
  readonly hideWhatIsRefused?: boolean;
}

export class Features {
  readonly #catalogue: Catalogue;
  readonly #options: FeatureOptions;
  readonly #calls: Calls;

  constructor(catalogue: Catalogue, options: FeatureOptions) {
    this.#calls = new Calls(options);
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
      checkHeaders(mismatchOf(paramHeaders, args, request.headers), exchange);
    const logged = { event: 'call', failure: 'tool_failed', about: { tool: name } };
    return await this.#calls.run(logged, exchange, async (call) => {
      try {
        return await tool.call(args, call);
      } catch (error) {
        if (error instanceof Interrupted) throw error;
        if (error instanceof CannotAsk) return cannotAsk(error, exchange);
        return errorResult(this.#calls.report(error, logged, request));
      }
    });
  }

  async #readResource(uri: string, exchange: Exchange): Promise<ReadResourceResult | InputRequiredResult> {
    const found = this.#catalogue.find(uri);
    await this.#gate(found?.resource, exchange.request);
    if (!found) throw notFound(uri);
    const { resource, variables } = found;
    const logged = { event: 'read', failure: 'resource_failed', about: { resource: resource.listing.name } };
    return await this.#calls.run(logged, exchange, async (call) => {
      const result = await this.#calls.orError(
        resource.read(uri, variables, ofUser(call)),
        logged,
        exchange,
        {
          uri,
        },
      );
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
    return await this.#calls.run(logged, exchange, (call) =>
      this.#calls.orError(prompt.get(args, ofUser(call)), logged, exchange),
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
    const call = this.#calls.start(exchange, about);
    const logged = { event: 'list', failure: 'list_failed', about };
    return { name, ...(await this.#calls.orError(list(ofUser(call), from), logged, exchange)) };
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
    const call = this.#calls.start(exchange, about);
    const suggested = async () => await completer(argument.value, ofUser(call), context?.arguments ?? {});
    const logged = { event: 'complete', failure: 'completion_failed', about };
    return completionOf(await this.#calls.orError(suggested(), logged, exchange));
  }

  async #gate(wanted: Guarded | undefined, request: McpRequest): Promise<void> {
    throwRefusal(await refuseCall(wanted, request, this.#options), request);
  }
}

/** Resources and prompts are for users alone: the gate has refused all others. @throws Error if it has not. */
function ofUser(call: ServerCall): Call {
  if (call.user === undefined) throw new Error('A request came in past the checks');
  return call as ServerCall & Call;
}
