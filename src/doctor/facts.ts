import type { Answer } from './probe.ts';

/** A fact, or why there is none. A check that needs a missing fact is skipped, never guessed. */
export type Fact<T> =
  | { readonly known: true; readonly value: T }
  | { readonly known: false; readonly why: string };

export function known<T>(value: T): Fact<T> {
  return { known: true, value };
}

/** @param why a sentence without a full stop, as a report prints it. */
export function missing(why: string): Fact<never> {
  return { known: false, why };
}

/** The authorization server: Scalekit, the local Scalekit, or whatever the server names. */
export interface ScalekitFacts {
  /** What its metadata has to say as `issuer`; for Scalekit `{env}/resources/{res}`. */
  readonly issuer: string;
  /** Set where the issuer has Scalekit's form. */
  readonly environmentUrl?: string;
  readonly resourceId?: string;
  /** RFC 8414's form: the well-known part inserted before the path. */
  readonly metadata: Answer;
  readonly metadataAppended: Answer;
  readonly keys: Answer;
  /** The local Scalekit that this check has started itself. */
  readonly startedHere?: boolean;
}

/** The MCP server as a client sees it, over HTTP. */
export interface ServerFacts {
  /** The MCP endpoint, as clients are told to use it. */
  readonly endpoint: string;
  readonly noToken: Answer;
  /** A bearer token that is no JWT. */
  readonly garbageToken: Answer;
  /** RFC 9728's form, with the endpoint's path. */
  readonly metadata: Answer;
  readonly metadataRoot: Answer;
}

/** How building and starting the server went, where the doctor did it itself (create's self-check). */
export interface StartFacts {
  /** What the compiler said, or undefined where it was content. */
  readonly buildError?: string;
  /** What the server said before it ended, or undefined where it came up. */
  readonly startError?: string;
  /** Where it listened, and why that is not the configured port. */
  readonly port?: number;
  readonly note?: string;
}

/** Everything that the doctor knows; JSON, without secrets, so that it can be saved and replayed. */
export interface Facts {
  readonly start: Fact<StartFacts>;
  readonly scalekit: Fact<ScalekitFacts>;
  readonly server: Fact<ServerFacts>;
}
