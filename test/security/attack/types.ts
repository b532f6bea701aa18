import type { Forge } from './forge.ts';
import type { Exchange, Peer, SendOptions, WireAnswer } from './wire.ts';

/** The server under attack, as its own metadata describes it. */
export interface Target {
  readonly peer: Peer;
  /** The MCP endpoint, byte for byte the `resource` of its metadata. */
  readonly endpoint: string;
  /** Path of the endpoint, e.g. `/mcp`. */
  readonly path: string;
  /** `Host` header that the server expects. */
  readonly host: string;
  readonly origin: string;
  /** Absolute URL of its protected resource metadata, as its challenge must name it. */
  readonly metadataUrl: string;
  readonly environmentUrl: string;
  readonly resourceId: string;
  readonly issuers: readonly [string, string];
  readonly scopes: readonly string[];
  /** A tool that needs a scope which a read-only token lacks. */
  readonly writeTool: Tool;
  readonly readTool: Tool;
}

export interface Tool {
  readonly name: string;
  readonly scope: string;
  /** Its arguments; `marker` is a text that can be looked for afterwards. */
  readonly arguments: (marker: string) => Readonly<Record<string, unknown>>;
}

/** One HTTP request as an attacker writes it: nothing is normalised. */
export interface Attack {
  /** Default POST. */
  readonly method?: string;
  /** The request target; default the endpoint's path. */
  readonly path?: string;
  /** Default HTTP/1.1. */
  readonly version?: string;
  /** Sent as the bearer token. */
  readonly token?: string;
  /** Replaces default headers by name; undefined leaves one out. */
  readonly headers?: Readonly<Record<string, string | undefined>>;
  /** Header lines sent as they are, after the others: for doubles and odd spellings. */
  readonly lines?: readonly string[];
  /** Default: a `tools/call` of the tool that writes. */
  readonly body?: string | Uint8Array;
  /** Replaces everything above by these bytes. */
  readonly raw?: string | Uint8Array;
  readonly send?: SendOptions;
}

/** What the error attribute of the `WWW-Authenticate` challenge must be; `'no error'`: a challenge without one. */
export type ChallengeError = 'no error' | 'invalid_token' | 'invalid_request' | 'insufficient_scope';

/** What must come back. Rules that hold for every answer are in judge.ts, not here. */
export interface Expectation {
  /** Accepted status codes; 0 is a connection that was closed without an answer. */
  readonly status: number | readonly number[];
  readonly challenge?: ChallengeError;
  /** Scopes that the challenge must name, in any order. */
  readonly scopes?: readonly string[];
  /** Header by name: its value, a pattern, or null for absent. */
  readonly headers?: Readonly<Record<string, string | RegExp | null>>;
  /** The body must match. */
  readonly body?: RegExp;
  /** What the tool call must come to: run, or a refusal inside JSON-RPC; `either` is any of these. Default: not called. */
  readonly call?: 'ran' | 'refused' | 'either';
  readonly withinMs?: number;
  /** The server may have taken no more than this before it answered, in bytes. */
  readonly takesAtMost?: number;
  /** How many answers the connection may carry; default 1. */
  readonly answersAtMost?: number;
  /** Anything else: a complaint in words, or undefined. */
  readonly also?: (exchange: Exchange, answer: WireAnswer) => string | undefined;
}

/** What a case needs to be sent: nothing, any good token, or a key to sign tokens of its own making with. */
export type Need = 'nothing' | 'token' | 'key';

/** What an attack is built from. */
export interface Kit {
  readonly target: Target;
  readonly forge: Forge;
  /** A good token, with all of the server's scopes by default. */
  token(scopes?: readonly string[]): Promise<string>;
  /** The JSON of a `tools/call`, of the tool that writes by default. */
  call(tool?: Tool, args?: Readonly<Record<string, unknown>>): string;
  /** A loopback URL that nothing should ever request, e.g. as `jku`. */
  readonly trap: string;
}

export interface AttackCase {
  /** `group/name`, unique. */
  readonly id: string;
  readonly title: string;
  /** Where the rule comes from, e.g. `RFC 8725 §3.1`, `Auth0 validate.test`, `Envoy jwt_test`. */
  readonly source: string;
  readonly needs: Need;
  readonly attack: (kit: Kit) => Attack | Promise<Attack>;
  readonly expect: Expectation | ((kit: Kit) => Expectation);
  /**
   * Why `oauth4webapi.validateJwtAccessToken`, the second oracle, decides otherwise than this server must.
   * Cases without it must agree with the oracle.
   */
  readonly oracleDiffers?: string;
  /** Takes seconds by its nature (time-outs); run in parallel with the others. */
  readonly slow?: boolean;
}
