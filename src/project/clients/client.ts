/** The clients that `connect` knows, as they are typed. */
export type ClientId =
  | 'claude-code'
  | 'claude-desktop'
  | 'cursor'
  | 'vscode'
  | 'codex'
  | 'gemini'
  | 'copilot'
  | 'opencode'
  | 'windsurf'
  | 'mcp-remote';

/** Whose file it is: the project's, which can be shared, or the person's, for all folders. */
export type ClientScope = 'project' | 'user';

/** The properties of the client's machine that decide where files are. */
export interface Machine {
  readonly platform: NodeJS.Platform;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The person's home folder. */
  readonly home: string;
}

/** A server for a client's file. */
export interface ServerEntry {
  /** The name in the client's list. */
  readonly name: string;
  /** Its MCP endpoint. */
  readonly url: string;
  /** The scopes that the client is told to request, including `offline_access`; none if that is left to the server. */
  readonly scopes: readonly string[];
}

export type JsonValue =
  | string
  | number
  | boolean
  | null
  | readonly JsonValue[]
  | { readonly [key: string]: JsonValue };
export type JsonObject = { readonly [key: string]: JsonValue };

/** A file of a client. */
export interface ClientFile {
  readonly scope: ClientScope;
  /** `jsonc` is JSON in which the client accepts comments and trailing commas. */
  readonly format: 'json' | 'jsonc' | 'toml';
  /**
   * Where it is: the first of several that exists, else the first.
   * @param project the folder of the project.
   */
  paths(machine: Machine, project: string): readonly [string, ...string[]];
  /** The key under which the file lists servers by their names. */
  readonly key: string;
  /** What the file says about a server. */
  entry(server: ServerEntry, machine: Machine): JsonObject;
  /** What a new file has besides its servers. */
  readonly preamble?: JsonObject;
  /** What a person should know about this file. */
  readonly note?: string;
}

/** Whether a client is told which scopes to request. If not, this says why. */
export type ScopesTold = 'pinned' | { readonly not: string };

/** What a person has to do if there is no file. */
export interface ByHand {
  /** One step per line. */
  readonly steps: readonly string[];
  readonly removal: readonly string[];
  readonly scopes: ScopesTold;
}

/** A client: where it lists its servers, and what happens after connecting. Sources: docs/mcp.md#client-files. */
export interface McpClient {
  readonly id: ClientId;
  readonly name: string;
  /** The default first. */
  readonly files: readonly ClientFile[];
  /**
   * What to do by hand if this client has no file for such a server in this scope.
   * @param scope undefined if none was asked for.
   * @returns undefined if there is a file.
   */
  byHand?(server: ServerEntry, machine: Machine, scope: ClientScope | undefined): ByHand | undefined;
  readonly scopes: ScopesTold;
  /** How a person signs in once the file is written. */
  signIn(name: string): string;
}

/** Stays signed in if `offline_access` was requested (docs/scalekit.md#scopes-and-refresh-tokens). */
export function lifeOf(told: ScopesTold, server: ServerEntry): string {
  if (told === 'pinned' && server.scopes.includes('offline_access'))
    return 'It asks for offline_access, so the connection outlives its tokens: nobody has to sign in again.';
  const why = told === 'pinned' ? 'It is not told which scopes to ask for' : told.not;
  return `${why}, so the connection lives as long as one access token, usually an hour; then somebody signs in again.`;
}
