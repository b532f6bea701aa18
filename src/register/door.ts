import {
  Client,
  SdkHttpError,
  StreamableHTTPClientTransport,
  UnauthorizedError,
} from '@modelcontextprotocol/client';
import { printable } from '../scalekit/index.ts';
import { fetchWithin } from '../sign-in/discover.ts';
import { UserError } from '../terminal/errors.ts';
import { version } from '../terminal/version.ts';
import type { Reading } from './prose.ts';
import type { Session } from './session.ts';
import { type Arguments, fitArguments, type OfferedTool, ToolChanged, type ToolName } from './tools.ts';

/** The scopes that its tools for environments and MCP servers require; `wks:` and `org:` are for other tools. */
export const readScope = 'env:read';
export const writeScope = 'env:write';

/**
 * A tool did not work. `gone` and `changed`: it is not the tool that this program knows; `unreadable`: its answer cannot be
 * understood; `failed`: it reports a failure, or the server refused the call.
 */
export class ToolTrouble extends Error {
  readonly tool: ToolName;
  readonly kind: 'gone' | 'changed' | 'unreadable' | 'failed';
  /** Its answer, safe to print; may be empty. */
  readonly said: string;

  constructor(tool: ToolName, kind: ToolTrouble['kind'], said: string) {
    super(`${tool}: ${kind}`);
    this.tool = tool;
    this.kind = kind;
    this.said = said;
  }
}

/** A connection to Scalekit's MCP server, signed in. */
export interface Door {
  /** Whether a tool is offered. */
  has(tool: ToolName): boolean;
  /** @throws ToolTrouble (`gone`, `changed`) if it cannot be called with these arguments; nothing is sent. */
  check(tool: ToolName, args: Arguments): void;
  /**
   * Calls a tool and reads its answer.
   * @throws ToolTrouble if it failed or cannot be read; the signal's reason after an abort.
   */
  call<T>(tool: ToolName, args: Arguments, read: (text: string) => Reading<T>): Promise<T>;
  close(): Promise<void>;
}

interface CallResult {
  readonly content?: unknown;
  readonly isError?: boolean | undefined;
}

/** @returns the text of an answer, without its other content. */
function textOf({ content }: CallResult): string {
  if (!Array.isArray(content)) return '';
  return content
    .map((block: unknown) =>
      typeof block === 'object' && block !== null && 'text' in block ? String(block.text) : '',
    )
    .filter((text) => text !== '')
    .join('\n');
}

/** How long a tool may take, in ms; it calls Scalekit's API in turn. */
const callTimeout = 60_000;
/** Far larger than any list of its tools, in bytes. */
const largest = 16 * 1024 * 1024;

function wordsOf(error: unknown): string {
  if (error instanceof UnauthorizedError || (error instanceof SdkHttpError && error.status === 401))
    return 'the sign-in was refused (401): it may lack a permission in your workspace';
  return printable(error instanceof Error ? error.message : String(error));
}

class McpDoor implements Door {
  readonly #client: Client;
  readonly #tools: ReadonlyMap<string, OfferedTool>;
  readonly #signal: AbortSignal;

  constructor(client: Client, tools: readonly OfferedTool[], signal: AbortSignal) {
    this.#client = client;
    this.#tools = new Map(tools.map((tool) => [tool.name, tool]));
    this.#signal = signal;
  }

  has(tool: ToolName): boolean {
    return this.#tools.has(tool);
  }

  check(tool: ToolName, args: Arguments): void {
    this.#fit(tool, args);
  }

  async call<T>(tool: ToolName, args: Arguments, read: (text: string) => Reading<T>): Promise<T> {
    const fitted = this.#fit(tool, args);
    const result = await this.#send(tool, fitted);
    const text = textOf(result);
    const said = printable(text, 300);
    if (result.isError) throw new ToolTrouble(tool, 'failed', said);
    const reading = read(text);
    if (reading.kind === 'read') return reading.value;
    throw new ToolTrouble(tool, reading.kind === 'failure' ? 'failed' : 'unreadable', said);
  }

  close(): Promise<void> {
    return this.#client.close();
  }

  #fit(tool: ToolName, args: Arguments): Record<string, unknown> {
    const offered = this.#tools.get(tool);
    if (offered === undefined) throw new ToolTrouble(tool, 'gone', '');
    try {
      return fitArguments(offered, args);
    } catch (error) {
      if (error instanceof ToolChanged) throw new ToolTrouble(tool, 'changed', error.reason);
      throw error;
    }
  }

  async #send(name: ToolName, args: Record<string, unknown>): Promise<CallResult> {
    try {
      const options = { signal: this.#signal, timeout: callTimeout };
      return await this.#client.callTool({ name, arguments: args }, options);
    } catch (error) {
      this.#signal.throwIfAborted();
      throw new ToolTrouble(name, 'failed', wordsOf(error));
    }
  }
}

/**
 * Connects to Scalekit's MCP server with a sign-in, and lists its tools.
 * @throws UserError if it is not an MCP server or refuses; the signal's reason after an abort.
 */
export async function openDoor(server: URL, session: Session, signal: AbortSignal): Promise<Door> {
  const client = new Client({ name: 'scalekit-mcp', version }, { versionNegotiation: { mode: 'auto' } });
  const transport = new StreamableHTTPClientTransport(server, {
    authProvider: { token: async () => session.token() },
    fetch: fetchWithin(signal, { milliseconds: callTimeout, bytes: largest }),
    onInsufficientScope: 'throw',
  });
  try {
    await client.connect(transport, { signal });
    const { tools } = await client.listTools(undefined, { signal });
    return new McpDoor(client, tools, signal);
  } catch (error) {
    await client.close().catch(() => {});
    signal.throwIfAborted();
    throw new UserError(`${server.host} accepted the sign-in but not the MCP connection: ${wordsOf(error)}`, {
      code: 'register/no-server',
      cause: error,
    });
  }
}
