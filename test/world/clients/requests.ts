import { existsSync, readFileSync } from 'node:fs';

/** A request that a server has answered, as `processes/recorder.js` writes it down. */
export interface RecordedRequest {
  /** When it was answered, in ms since 1970. */
  readonly time: number;
  readonly method: string;
  readonly path: string;
  readonly status: number;
  /** Whether it came with an `Authorization` header. */
  readonly authorized: boolean;
  /** The client that the access token was given to. */
  readonly client?: string;
  readonly agent?: string;
  /** The header `MCP-Protocol-Version`. */
  readonly protocolVersion?: string;
  /** Without secrets: each is replaced by `true`. */
  readonly query?: Readonly<Record<string, unknown>>;
  /** The answer's `WWW-Authenticate`. */
  readonly challenge?: string;
  /** A form or a JSON document without secrets; of JSON-RPC, the method, the tool, and what `initialize` says. */
  readonly body?: Readonly<Record<string, unknown>>;
}

/** What a person did on a page that they were sent to, as `processes/person.js` writes it down. */
export interface Visit {
  readonly clientId: string | null;
  readonly scope: string | null;
  readonly status?: number;
  readonly title?: string;
  readonly text?: string;
  /** Where the browser ended, without parameters. */
  readonly callback?: string;
  readonly callbackStatus?: number;
  readonly callbackText?: string;
  readonly error?: string;
}

/** @returns the lines of a file of JSON lines, or nothing if it is not there yet. */
export function readLines<T>(file: string): readonly T[] {
  if (!existsSync(file)) return [];
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as T);
}

/** @returns the scopes of a visit, or of an authorization request's parameters, in alphabetical order. */
export function scopesOf({ scope }: { readonly scope?: unknown }): readonly string[] {
  return String(scope ?? '')
    .split(' ')
    .filter((scope) => scope !== '')
    .sort();
}
