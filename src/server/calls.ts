// Runs the owner's code for a request: logs it, turns what it asks into questions for the client, and what it throws into
// errors of the protocol.
import { inspect } from 'node:util';
import {
  type InputRequiredResult,
  inputRequired,
  ProtocolError,
  ProtocolErrorCode,
} from '@modelcontextprotocol/server';
import { ServerCall } from './call.ts';
import { CarriedState } from './carried-state.ts';
import type { Details, Log } from './log.ts';
import type { McpRequest } from './mcp-request.ts';
import { WrongArguments } from './prompt.ts';
import { type Answers, CannotAsk, Interrupted } from './questions.ts';
import { cannotAsk, type Exchange } from './refused-call.ts';
import type { OwnServices } from './services.ts';
import { ToolError } from './tool.ts';
import type { OwnVariables } from './variables.ts';

export interface CallOptions {
  /** The owner's variables. */
  readonly env: OwnVariables;
  /** What the owner's tools, resources and prompts work with. */
  readonly services: OwnServices;
  readonly log: Log;
  /** Signs what clients carry from one round of a call to the next. */
  readonly stateSecret?: string | undefined;
}

/** How a call is written into the log: the event, the event of its failure, and what was called. */
export interface Logged {
  readonly event: string;
  readonly failure: string;
  readonly about: Details;
}

export class Calls {
  readonly #options: CallOptions;
  readonly #carried: CarriedState;

  constructor(options: CallOptions) {
    this.#options = options;
    this.#carried = new CarriedState(options.stateSecret);
  }

  /**
   * @param about what was called, for the log.
   * @param answers what the client has answered in earlier rounds.
   */
  start(exchange: Exchange, about: Details, answers?: Answers): ServerCall {
    return new ServerCall(exchange.request, exchange.context, about, this.#options, answers);
  }

  /** Runs the owner's code, and logs one line about it: what was called, for whom, how long it took. */
  async run<Result extends object>(
    { event, about }: Logged,
    exchange: Exchange,
    work: (call: ServerCall) => Promise<Result>,
  ): Promise<Result | InputRequiredResult> {
    const { request, context, isModern } = exchange;
    const since = performance.now();
    const state = isModern ? context.mcpReq.requestState() : undefined;
    const answers = state === undefined ? undefined : await this.#carried.read(state, request);
    const call = this.start(exchange, about, answers);
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

  /** If the call has asked something, the question is its result, whatever else the code did afterwards. */
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

  /** Only tools can report a failure in their result: elsewhere it has to be an error of the protocol. */
  async orError<Result>(
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
      throw new ProtocolError(ProtocolErrorCode.InternalError, this.report(error, logged, exchange.request));
    }
  }

  /** Logs an internal error. @returns what the client is told instead: the request's id, to ask about. */
  report(error: unknown, { failure, about }: Logged, { id, access }: McpRequest): string {
    const { message, stack } = error instanceof Error ? error : new Error(inspect(error));
    const subject = access?.user.subject;
    this.#options.log('error', failure, { ...about, subject, requestId: id, message, stack });
    return `Internal error (request ${id})`;
  }
}

function outcomeOf(result: object): Details {
  if ('isError' in result && result.isError) return { isError: true };
  return 'inputRequests' in result ? { asked: true } : {};
}
