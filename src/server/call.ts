// What a tool, a resource or a prompt knows about a call, and what it can do besides returning its result.
import type { User } from './access.ts';
import type { Details, Log } from './log.ts';
import { type McpRequest, takesStream } from './mcp-request.ts';
import { type Answers, type Ask, CarriedQuestions, LiveQuestions } from './questions.ts';
import type { RequestContext } from './request-context.ts';
import type { OwnServices } from './services.ts';
import { traceparentOf } from './trace.ts';
import type { OwnVariables } from './variables.ts';

/**
 * Reports progress to the client. It reaches clients that asked for it; for all others it does nothing.
 *
 * @param done has to increase from one report to the next. Reports that do not are dropped, and so are those that come within
 *   20 ms of the previous one, except the last (`done` = `total`).
 * @param total if it is known.
 * @param message for people.
 */
export type Progress = (done: number, total?: number, message?: string) => void;

/** What a tool, a resource or a prompt gets besides its arguments. */
export interface Call<Scope extends string = string> {
  /** Whose token it is. Identity comes from here, never from an argument. */
  readonly user: User;
  /** The token's scopes. The declared ones are always there; check optional ones with `scopes.has('…')`. */
  readonly scopes: ReadonlySet<Scope>;
  /** The variables that `src/main.ts` declares, checked when the server started. */
  readonly env: OwnVariables;
  /** What `serve` opened at the start, such as a pool of database connections. */
  readonly services: OwnServices;
  /** Aborted when the client disconnects. Pass it to whatever takes long: `fetch(url, { signal })`. */
  readonly signal: AbortSignal;
  /**
   * Reports progress to the client, if it asked for that.
   *
   * @example
   * for (const [index, page] of pages.entries()) {
   *   progress(index, pages.length, page.title);
   *   await copy(page);
   * }
   */
  readonly progress: Progress;
  /**
   * Writes to the server's log, with the request's id, its trace, and what was called. Never log a token or a secret.
   *
   * @example
   * log('info', 'fetched', { pages: 3 });
   */
  readonly log: Log;
  /**
   * Asks the person at the client to fill in a form, and waits for the answer.
   *
   * With clients of 2026-07-28 the call ends here, and runs again from its beginning once there is an answer, so ask before
   * you change anything. The answer comes from the client, and does not prove that a person has read the question.
   *
   * @example
   * const answer = await ask(`Delete ${count} notes?`, z.object({ sure: z.boolean().describe('Delete them') }));
   * if (answer.action !== 'accept' || !answer.content.sure) throw new ToolError('Nothing was deleted.');
   */
  readonly ask: Ask;
  /** Whether the client can ask a person. If not, `ask` throws, and the client is told what it lacks. */
  readonly canAsk: boolean;
  /** The client's trace (W3C Trace Context), for the requests that the call makes itself. */
  readonly traceparent: string | undefined;
}

/** What a public tool gets: its caller may be unknown. */
export interface PublicCall<Scope extends string = string> extends Omit<Call<Scope>, 'user'> {
  /** Whose token it is; undefined if the call came without one. Such calls come from different people: store nothing for them. */
  readonly user: User | undefined;
}

/** What lists and completions get: nobody can be asked, and there is no progress to report. */
export type ListingCall<Scope extends string = string> = Omit<Call<Scope>, 'ask' | 'canAsk' | 'progress'>;

/** Reports in quick succession are dropped: nobody reads them, and for a slow client they would pile up. */
const shortestPause = 20;

const none: ReadonlySet<string> = new Set();

/** The `Call` that is passed on. What is rarely used is made on demand, and can be destructured by name. */
export class ServerCall implements PublicCall {
  readonly user: User | undefined;
  readonly scopes: ReadonlySet<string>;
  readonly env: OwnVariables;
  readonly services: OwnServices;
  readonly #request: McpRequest;
  readonly #context: RequestContext;
  readonly #log: Log;
  readonly #about: Details;
  readonly #answers: Answers | undefined;
  #questions: CarriedQuestions | LiveQuestions | undefined;
  #reported = Number.NEGATIVE_INFINITY;
  #reportedAt = Number.NEGATIVE_INFINITY;

  /**
   * @param about what was called, for the log.
   * @param answers what the client has answered in earlier rounds.
   */
  constructor(
    request: McpRequest,
    context: RequestContext,
    about: Details,
    rest: { env: OwnVariables; services: OwnServices; log: Log },
    answers?: Answers,
  ) {
    const { access } = request;
    this.user = access?.user;
    this.scopes = access?.scopes ?? none;
    this.env = rest.env;
    this.services = rest.services;
    this.#request = request;
    this.#context = context;
    this.#log = rest.log;
    this.#about = about;
    this.#answers = answers;
  }

  get signal(): AbortSignal {
    return this.#context.mcpReq.signal;
  }

  get ask(): Ask {
    const { ask } = this.#asking;
    return (...question) => {
      const answer = ask(...question);
      // A rejection that nobody waits for must not bring the process down.
      answer.catch(() => {});
      return answer;
    };
  }

  get canAsk(): boolean {
    return this.#asking.canAsk;
  }

  /** The question with which the call ended, if it asked one. */
  get interrupted(): CarriedQuestions | undefined {
    return this.#questions instanceof CarriedQuestions && this.#questions.open ? this.#questions : undefined;
  }

  get #asking(): CarriedQuestions | LiveQuestions {
    const { headers } = this.#request;
    this.#questions ??=
      this.#context.mcpReq.envelope === undefined
        ? new LiveQuestions(this.#context, headers['mcp-session-id'], takesStream(headers))
        : new CarriedQuestions(this.#context, this.#answers);
    return this.#questions;
  }

  get traceparent(): string | undefined {
    const { _meta: meta } = this.#context.mcpReq;
    return traceparentOf(meta, this.#request.headers.traceparent);
  }

  get log(): Log {
    const about = { ...this.#about, requestId: this.#request.id, traceparent: this.traceparent };
    return (level, event, details) => this.#log(level, event, { ...details, ...about });
  }

  get progress(): Progress {
    const { _meta: meta } = this.#context.mcpReq;
    const progressToken = meta?.progressToken;
    if (progressToken === undefined || !takesStream(this.#request.headers)) return () => {};
    return (progress, total, message) => {
      const now = performance.now();
      const isLast = total !== undefined && progress >= total;
      if (progress <= this.#reported || (now - this.#reportedAt < shortestPause && !isLast)) return;
      this.#reported = progress;
      this.#reportedAt = now;
      const params = {
        progressToken,
        progress,
        ...(total !== undefined && { total }),
        ...(message !== undefined && { message }),
      };
      // If the client has disconnected, nobody has to know.
      this.#context.mcpReq.notify({ method: 'notifications/progress', params }).catch(() => {});
    };
  }
}
