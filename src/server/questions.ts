// Questions that a call asks the person at the client (MCP calls it elicitation), in each era's way.
import { createHash } from 'node:crypto';
import {
  CLIENT_CAPABILITIES_META_KEY,
  type ElicitRequestFormParams,
  type ElicitResult,
  type InputRequests,
  inputRequired,
  inputResponse,
} from '@modelcontextprotocol/server';
import type * as z from 'zod';
import type { RequestContext } from './request-context.ts';
import { asksBySession, hasForms } from './session.ts';

/** What a person has answered: `content` fits the schema. */
export type Answer<Content> =
  | { readonly action: 'accept'; readonly content: Content }
  | { readonly action: 'decline' }
  | { readonly action: 'cancel' };

/**
 * Asks the person at the client, and waits for the answer.
 *
 * @param message the question.
 * @param schema what to fill in: text, numbers, yes or no, and choices, each with a description, in one flat object.
 * @param name the question's name; needed only if the order of a call's questions can change.
 * @throws CannotAsk if the client cannot ask a person. `call.canAsk` says so beforehand.
 */
export type Ask = <Schema extends z.ZodObject>(
  message: string,
  schema: Schema,
  name?: string,
) => Promise<Answer<z.output<Schema>>>;

/**
 * The client cannot ask a person. If nothing catches this, the call ends, and the client is told.
 *
 * @example
 * const answer = await ask('Which folder?', Folder).catch((error) => {
 *   if (error instanceof CannotAsk) return { action: 'cancel' } as const;
 *   throw error;
 * });
 */
export class CannotAsk extends Error {
  override readonly name = 'CannotAsk';

  constructor() {
    super('This needs an answer from a person, and the client says that it cannot ask for one (elicitation)');
  }
}

/** Ends a call whose question is sent as its answer. Catching it changes nothing. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';

  constructor() {
    super('The call ends here, and begins again with the answer');
  }
}

/** An answer that a call has used, with what it answers. */
interface Given {
  /** A digest of the question, so that it does not count as the answer to another one. */
  readonly question: string;
  readonly action: ElicitResult['action'];
  readonly content?: ElicitResult['content'];
}

/** The answers that the client carries from one round to the next. Signed, and not secret: the client has given them. */
export type Answers = Readonly<Record<string, Given>>;

export interface Questions {
  readonly canAsk: boolean;
  readonly ask: Ask;
}

/** How long a person may take, in ms: people think, and look things up. */
const longestWait = 10 * 60 * 1000;
/** A form that is filled in wrongly comes back so often, where the client does not check it itself. */
const mostAttempts = 3;

/**
 * 2026-07-28: a question ends the call. The client asks, and calls again with the answer; the call then runs from its
 * beginning, and `ask` gives what is known already.
 */
export class CarriedQuestions implements Questions {
  readonly canAsk: boolean;
  readonly #responses: unknown;
  readonly #answers: Map<string, Given>;
  readonly #open = new Map<string, ElicitRequestFormParams>();
  #asked = 0;

  /** @param answers those of earlier rounds, from the state that the client has sent back. */
  constructor({ mcpReq }: RequestContext, answers: Answers = {}) {
    const envelope = mcpReq.envelope as Readonly<Record<string, unknown>> | undefined;
    this.canAsk = hasForms(envelope?.[CLIENT_CAPABILITIES_META_KEY]);
    this.#responses = mcpReq.inputResponses;
    this.#answers = new Map(Object.entries(answers));
  }

  /** What the client has to ask, where the call was interrupted. */
  get open(): InputRequests | undefined {
    if (this.#open.size === 0) return undefined;
    const requests = [...this.#open].map(([key, params]) => [key, { method: 'elicitation/create', params }]);
    return Object.fromEntries(requests) as InputRequests;
  }

  /** The answers so far, for the next round. */
  get answers(): Answers {
    return Object.fromEntries(this.#answers);
  }

  ask: Ask = async (message, schema, name) => {
    this.#asked += 1;
    const key = name ?? `question_${this.#asked}`;
    const params = formOf(message, schema);
    const question = createHash('sha256').update(JSON.stringify(params)).digest('base64url');
    const known = this.#answers.get(key);
    const given = known?.question === question ? known : this.#newAnswer(key, question);
    const answer = given && answerOf(given, schema);
    if (given !== undefined && answer !== undefined) {
      this.#answers.set(key, given);
      return answer;
    }
    if (!this.canAsk) throw new CannotAsk();
    this.#open.set(key, params);
    throw new Interrupted();
  };

  #newAnswer(key: string, question: string): Given | undefined {
    const response = inputResponse(this.#responses as never, key);
    if (response.kind !== 'elicit') return undefined;
    const { action, content } = response;
    return { question, action, ...(content && { content: content as NonNullable<ElicitResult['content']> }) };
  }
}

/** 2025: a question is a request of the server's, in the stream of the answer. The call waits. */
export class LiveQuestions implements Questions {
  readonly canAsk: boolean;
  readonly #context: RequestContext;

  /** @param session what `initialize` has told the client to send along. @param canStream whether its answer can be a stream. */
  constructor(context: RequestContext, session: unknown, canStream: boolean) {
    this.#context = context;
    this.canAsk = canStream && asksBySession(session);
  }

  ask: Ask = async (message, schema) => {
    if (!this.canAsk) throw new CannotAsk();
    const params = formOf(message, schema);
    const { signal } = this.#context.mcpReq;
    const options = { timeout: longestWait, signal };
    for (let attempt = 1; attempt <= mostAttempts; attempt += 1) {
      const given = await this.#context.mcpReq.send({ method: 'elicitation/create', params }, options);
      const answer = answerOf(given, schema);
      if (answer !== undefined) return answer;
    }
    return { action: 'cancel' };
  };
}

/** @throws TypeError where the schema has what no form can show: that is a mistake of the owner's. */
function formOf(message: string, schema: z.ZodObject): ElicitRequestFormParams {
  return inputRequired.elicit({ message, requestedSchema: schema }).params as ElicitRequestFormParams;
}

/** @returns nothing if the content does not fit the schema. */
function answerOf<Schema extends z.ZodObject>(
  { action, content }: Pick<ElicitResult, 'action' | 'content'>,
  schema: Schema,
): Answer<z.output<Schema>> | undefined {
  if (action !== 'accept') return { action };
  const parsed = schema.safeParse(content ?? {});
  return parsed.success ? { action, content: parsed.data } : undefined;
}
