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

/** Whose file it is: the project's, which its owner may share, or the person's, for all folders. */
export type ClientScope = 'project' | 'user';

/** The machine that a client runs on, as far as it decides where files are. */
export interface Machine {
  readonly platform: NodeJS.Platform;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The person's home folder. */
  readonly home: string;
}

/** A server, as it is put into a client's file. */
export interface ServerEntry {
  /** Under which the client lists it. */
  readonly name: string;
  /** Its MCP endpoint. */
  readonly url: string;
  /** What the client is told to ask for, `offline_access` included; none where that is left to the server. */
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
  /** `jsonc` is JSON whose client reads comments and commas at the end of lists. */
  readonly format: 'json' | 'jsonc' | 'toml';
  /**
   * Where it is: of several, the first that is there, else the first.
   * @param project the folder of the project.
   */
  paths(machine: Machine, project: string): readonly [string, ...string[]];
  /** The key under which the file lists servers by their names. */
  readonly key: string;
  /** What the file says about a server. */
  entry(server: ServerEntry, machine: Machine): JsonObject;
  /** What a new file has beside its servers. */
  readonly preamble?: JsonObject;
  /** What a person has to know about this file. */
  readonly note?: string;
}

/** Whether a client is told which scopes to ask for. Where it is not, this says why. */
export type ScopesTold = 'pinned' | { readonly not: string };

/** What a person does in the place of a file. */
export interface ByHand {
  /** A step a line. */
  readonly steps: readonly string[];
  readonly removal: readonly string[];
  readonly scopes: ScopesTold;
}

/** A client: where it keeps its servers, and what becomes of a connection. Sources: docs/mcp.md#client-files. */
export interface McpClient {
  readonly id: ClientId;
  readonly name: string;
  /** The usual one first. */
  readonly files: readonly ClientFile[];
  /**
   * What to do by hand, where this client has no file for such a server in this scope.
   * @param scope undefined if none was asked for.
   * @returns undefined if there is a file.
   */
  byHand?(server: ServerEntry, machine: Machine, scope: ClientScope | undefined): ByHand | undefined;
  readonly scopes: ScopesTold;
  /** How a person signs in once the file is written. */
  signIn(name: string): string;
}

/** Stays signed in once `offline_access` was asked for (docs/scalekit.md#scopes-and-refresh-tokens). */
export function lifeOf(told: ScopesTold, server: ServerEntry): string {
  if (told === 'pinned' && server.scopes.includes('offline_access'))
    return 'It asks for offline_access, so the connection outlives its tokens: nobody has to sign in again.';
  const why = told === 'pinned' ? 'It is not told which scopes to ask for' : told.not;
  return `${why}, so the connection lives as long as one access token, usually an hour; then somebody signs in again.`;
}
