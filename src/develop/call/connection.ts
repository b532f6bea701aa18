import {
  type CallToolResult,
  Client,
  InsufficientScopeError,
  type Prompt,
  type Resource,
  type ResourceTemplateType,
  StreamableHTTPClientTransport,
  type Tool,
} from '@modelcontextprotocol/client';
import { isScope, printable, scopesIn, withoutOfflineAccess } from '../../scalekit/index.ts';
import { fetchWithin } from '../../sign-in/discover.ts';
import type { Context } from '../../terminal/context.ts';
import { UserError } from '../../terminal/errors.ts';
import { version } from '../../terminal/version.ts';
import { tokenSource } from '../token/for-server.ts';
import { tokenIfAsked } from '../token/if-asked.ts';
import { type ScopeWish, scopesGiven, type Taken, type TokenSource, wishOf } from '../token/source.ts';
import type { TokenOptions } from '../token/target.ts';
import { notMcp, observed, type Seen } from './not-mcp.ts';

/** How long a call may take, in milliseconds. */
const patience = 60_000;
/** How large its answer may be, in bytes: it may hold pictures and recordings. */
const largest = 128 * 1024 * 1024;

const union = (...lists: ReadonlyArray<readonly string[]>) => [...new Set(lists.flat())];

/** Explains to a person what went wrong between us and the server. */
function refused(endpoint: string, error: unknown): UserError {
  if (error instanceof UserError) return error;
  const { message, cause } = error instanceof Error ? error : new Error(String(error));
  if (cause instanceof UserError) return cause;
  return new UserError(`The server at ${endpoint} refused: ${printable(message)}`, {
    code: 'call/refused',
    next: 'npx scalekit-mcp doctor',
    cause: error,
  });
}

/** The tool needs scopes that the token lacks, and more may not, or cannot, be requested. */
function lacking(required: readonly string[], scopes: readonly string[], isGiven: boolean): UserError {
  const missing = required.filter((scope) => !scopes.includes(scope));
  const what = printable((missing.length > 0 ? missing : required).join(', '), 1000);
  return new UserError(`This call needs the scope ${what}, and the token does not have it (403).`, {
    code: 'call/scope',
    next: isGiven
      ? 'leave --scopes out, and the tool’s own are asked for'
      : 'whoever signs in has to allow it, and their role at Scalekit to include it',
  });
}

/** @returns the scopes that an entry of a list says it needs (OpenAI's `securitySchemes`); undefined if it does not say. */
export function scopesOfEntry(entry: Pick<Tool, '_meta'>): readonly string[] | undefined {
  return schemesOf(entry)?.flatMap((scheme) => {
    const { scopes } = (scheme ?? {}) as { readonly scopes?: unknown };
    return Array.isArray(scopes) ? scopes.filter((scope) => typeof scope === 'string' && isScope(scope)) : [];
  });
}

/** @returns whether a tool's entry says that it can be called without a token. */
export function isPublic(tool: Tool): boolean {
  return schemesOf(tool)?.some((scheme) => (scheme as { type?: unknown } | null)?.type === 'noauth') ?? false;
}

function schemesOf(entry: Pick<Tool, '_meta'>): readonly unknown[] | undefined {
  const { securitySchemes: own } = entry as { readonly securitySchemes?: unknown };
  return [own, entry._meta?.securitySchemes].find(Array.isArray) as readonly unknown[] | undefined;
}

/** What a server lists. */
export interface Listed {
  readonly tools: readonly Tool[];
  readonly resources: readonly Resource[];
  readonly resourceTemplates: readonly ResourceTemplateType[];
  readonly prompts: readonly Prompt[];
}

/** A connection to an MCP server. Its token gets more scopes when a tool needs them. */
export class Connection {
  readonly endpoint: string;
  readonly #source: TokenSource;
  readonly #client: Client;
  readonly #options: { readonly signal: AbortSignal; readonly timeout: number };
  /** The scopes of `--scopes`; if given, no others are requested. */
  readonly #given: readonly string[] | undefined;
  /** Undefined as long as the server asks for none: until a protected tool is called, where it has public ones. */
  #taken: Taken | undefined;
  /** The last answer to a message. */
  #seen: Seen | undefined;
  /** What the tool needs that is being called. */
  #needed: readonly string[] = [];

  constructor(
    source: TokenSource,
    taken: Taken | undefined,
    given: readonly string[] | undefined,
    signal: AbortSignal,
  ) {
    this.endpoint = source.endpoint;
    this.#source = source;
    this.#taken = taken;
    this.#given = given;
    this.#client = new Client({ name: 'scalekit-mcp', version }, { versionNegotiation: { mode: 'auto' } });
    this.#options = { signal, timeout: patience };
  }

  async open(): Promise<void> {
    const transport = new StreamableHTTPClientTransport(new URL(this.endpoint), {
      authProvider: {
        token: async () => this.#taken?.token,
        onUnauthorized: async () => {
          const [refused, wish] = [this.#taken, this.#wish(union(this.#scopes, this.#needed))];
          this.#taken = await (refused ? this.#source.replace(refused, wish) : this.#source.take(wish));
        },
      },
      fetch: observed(
        fetchWithin(this.#options.signal, { milliseconds: patience, bytes: largest }),
        (seen) => {
          this.#seen = seen;
        },
      ),
      onInsufficientScope: 'throw',
    });
    await this.#client.connect(transport, this.#options);
  }

  async tools(): Promise<readonly Tool[]> {
    return (await this.#client.listTools(undefined, this.#options)).tools;
  }

  /** Everything that the server lists for this token. A server without one of these has an empty list of it. */
  async everything(): Promise<Listed> {
    // The SDK answers for a server that has none, but says so on stderr.
    const has = this.#client.getServerCapabilities() ?? {};
    const [tools, { resources }, { resourceTemplates }, { prompts }] = await Promise.all([
      this.tools(),
      has.resources ? this.#client.listResources(undefined, this.#options) : { resources: [] },
      has.resources
        ? this.#client.listResourceTemplates(undefined, this.#options)
        : { resourceTemplates: [] },
      has.prompts ? this.#client.listPrompts(undefined, this.#options) : { prompts: [] },
    ]);
    return { tools, resources, resourceTemplates, prompts };
  }

  /** Calls a tool with the scopes that it needs: they are requested before the call, or, if the tool does not name them, after its refusal. */
  async call(tool: Tool, args: Readonly<Record<string, unknown>>): Promise<CallToolResult> {
    const send = () => this.#client.callTool({ name: tool.name, arguments: { ...args } }, this.#options);
    const needed = scopesOfEntry(tool) ?? [];
    this.#needed = needed;
    const isMore = this.#taken !== undefined && !needed.every((scope) => this.#scopes.includes(scope));
    if (this.#given === undefined && isMore)
      this.#taken = await this.#source.take(this.#wish(union(this.#scopes, needed)));
    try {
      return await send();
    } catch (error) {
      if (!(error instanceof InsufficientScopeError)) throw error;
      const required = union(scopesIn(error.requiredScope), needed);
      if (this.#given !== undefined) throw lacking(required, this.#scopes, true);
      this.#taken = await this.#source.stepUp(this.#wish(union(this.#scopes, required)));
      return send().catch((again: unknown) => {
        throw again instanceof InsufficientScopeError ? lacking(required, this.#scopes, false) : again;
      });
    }
  }

  /** @returns the error for the person, in place of the one that was thrown. */
  async explain(error: unknown): Promise<UserError> {
    const said = refused(this.endpoint, error);
    if (said.code !== 'call/refused' || this.#seen === undefined) return said;
    return (
      (await notMcp(this.endpoint, this.#seen, fetchWithin(this.#options.signal, { milliseconds: 3000 }))) ??
      said
    );
  }

  close(): Promise<void> {
    return this.#client.close();
  }

  get #scopes(): readonly string[] {
    return this.#taken?.scopes ?? [];
  }

  #wish(scopes: readonly string[]): ScopeWish {
    return this.#given === undefined
      ? { kind: 'atLeast', scopes: withoutOfflineAccess(scopes) }
      : { kind: 'exactly', scopes: this.#given };
  }
}

/**
 * Connects to the project's server, or to another, uses the connection, and closes it.
 * @throws UserError if it fails; what aborted the context.
 */
export async function withServer<T>(
  options: TokenOptions,
  context: Context,
  use: (connection: Connection) => Promise<T>,
): Promise<T> {
  const source = await tokenSource(options, context);
  const given = scopesGiven(options);
  const wish = wishOf(options, { kind: 'atLeast', scopes: [] });
  const taken = await tokenIfAsked(source, wish, context.signal);
  const connection = new Connection(source, taken, given, context.signal);
  try {
    await connection.open();
    return await use(connection);
  } catch (error) {
    context.signal.throwIfAborted();
    throw await connection.explain(error);
  } finally {
    await connection.close().catch(() => {});
  }
}
