// A server under test, on a free port, that trusts a local Scalekit.
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer as createSocket } from 'node:net';
import { createServer, type ServerOptions } from '../create-server.ts';
import { clockTolerance } from '../deployment.ts';
import { ScalekitProvider } from '../provider.ts';
import type { Scopes } from '../scopes.ts';
import { type Answer, send } from './send.ts';

/** What a token of the local Scalekit says. By default it is valid, with all scopes. */
export interface TokenOptions {
  readonly scopes?: readonly string[];
  /** Whose token it is, such as `usr_1`. */
  readonly subject?: string;
  /** Seconds from now; negative for one that has expired. */
  readonly expiresIn?: number;
}

/** The parts of a running local Scalekit that are needed: `startEmulator` of `scalekit-mcp/emulator` returns one. */
export interface LocalScalekit {
  readonly url: string;
  readonly resourceId: string;
  /** The server's URL, on whose port the server under test listens. */
  readonly mcpUrl: string;
  mint(options?: TokenOptions): Promise<string>;
  close(): Promise<void>;
}

/** The server under test; what is left out has a default. */
export interface StartOptions<Scalekit extends LocalScalekit> extends Omit<Partial<ServerOptions>, 'auth'> {
  readonly scalekit: Scalekit;
  readonly scopes: Scopes;
  readonly tools: ServerOptions['tools'];
  /** How far clocks may be apart, in seconds. 0 lets a test see a token expire on time. Default: as in production, 60. */
  readonly clockTolerance?: number;
}

/** How a tool is called, a resource is read, or a prompt is fetched. */
export interface CallOptions extends TokenOptions {
  /** A token, instead of one that the local Scalekit makes; `null` for a call without one, as public tools accept. */
  readonly token?: string | null;
}

/** The outcome of a request. */
export interface Outcome {
  /** The HTTP status: 200 for errors of the tool's own, too. */
  readonly status: number;
  /** The parameters of the `WWW-Authenticate` challenge of a 401 or 403. */
  readonly challenge: Readonly<Record<string, string | undefined>>;
  /** What a model sees of a refusal, or of an error of the tool. */
  readonly error: string | undefined;
}

/** The outcome of a tool call. */
export interface ToolAnswer extends Outcome {
  /** The tool's result, if there was no error. */
  readonly result: Readonly<Record<string, unknown>> | undefined;
}

/** What reading a resource came to. */
export interface ResourceAnswer extends Outcome {
  /** What it contains, where there was no error. */
  readonly contents: Answer['json']['result']['contents'];
}

/** What getting a prompt came to. */
export interface PromptAnswer extends Outcome {
  /** Its messages, where there was no error. */
  readonly messages: Answer['json']['result']['messages'];
}

/** A server that was started for a test. */
export interface TestServer<Scalekit extends LocalScalekit = LocalScalekit> {
  /** The local Scalekit: mints tokens, and misbehaves on demand. */
  readonly scalekit: Scalekit;
  /** `http://localhost:<port>/` */
  readonly url: string;
  /** The MCP endpoint. */
  readonly endpoint: string;
  /** What the server logged. */
  readonly log: Array<Readonly<Record<string, unknown>>>;
  /** Calls a tool over HTTP, as clients of 2025 do. */
  call(name: string, args?: Readonly<Record<string, unknown>>, options?: CallOptions): Promise<ToolAnswer>;
  /** Reads a resource. */
  read(uri: string, options?: CallOptions): Promise<ResourceAnswer>;
  /** Gets a prompt. */
  prompt(name: string, args?: Readonly<Record<string, string>>, options?: CallOptions): Promise<PromptAnswer>;
  /**
   * Stops the server and its local Scalekit.
   * @param grace how long calls in progress may take, in milliseconds.
   */
  stop(grace?: number): Promise<void>;
}

/**
 * Starts a server on the port of `scalekit.mcpUrl`.
 *
 * @example
 * const scalekit = await startEmulator({ mcpUrl: await freeMcpUrl(), scopes: scopes.names });
 * const server = await startServer({ scalekit, scopes, tools });
 */
export async function startServer<Scalekit extends LocalScalekit>(
  options: StartOptions<Scalekit>,
): Promise<TestServer<Scalekit>> {
  const { scalekit, scopes, clockTolerance: tolerance, ...rest } = options;
  const auth = new ScalekitProvider({
    environmentUrl: scalekit.url,
    resourceId: scalekit.resourceId,
    mcpUrl: scalekit.mcpUrl,
    scopes,
    ...(tolerance !== undefined && { [clockTolerance]: tolerance }),
  });
  const log: TestServer['log'] = [];
  const server = createServer({
    name: 'Test',
    version: '1.0.0',
    log: (level, event, details) => log.push({ level, event, ...details }),
    ...rest,
    auth,
  });
  await server.listen(Number(new URL(scalekit.mcpUrl).port), '127.0.0.1');
  const endpoint = auth.endpoint.href;
  const ask = async (method: string, params: object, { token, ...tokenOptions }: CallOptions) => {
    const bearer = token === undefined ? await scalekit.mint(tokenOptions) : token;
    const message = { jsonrpc: '2.0', id: 1, method, params };
    return await send(endpoint, { ...(bearer !== null && { token: bearer }), body: message });
  };
  return {
    scalekit,
    url: scalekit.mcpUrl,
    endpoint,
    log,
    async call(name, args = {}, caller = {}) {
      return toolAnswerOf(await ask('tools/call', { name, arguments: args }, caller));
    },
    async read(uri, caller = {}) {
      const answer = await ask('resources/read', { uri }, caller);
      return { ...outcomeOf(answer), contents: answer.json?.result?.contents };
    },
    async prompt(name, args = {}, caller = {}) {
      const answer = await ask('prompts/get', { name, arguments: args }, caller);
      return { ...outcomeOf(answer), messages: answer.json?.result?.messages };
    },
    async stop(grace) {
      await server.close(grace);
      await scalekit.close();
    },
  };
}

/** Test processes run side by side: each takes its own of 64 ports in turn, so that none takes what another has found free. */
let turn = randomInt(140);

/**
 * A URL for a server under test, which both the local Scalekit and the server have to know. Its port is below those that the
 * system gives to connections (from 32768 on), so that none of them takes it before the server does.
 * @returns `http://localhost:<port>/` with a port that is free now.
 *
 * @example
 * const scalekit = await startEmulator({ mcpUrl: await freeMcpUrl(), scopes: scopes.names });
 */
export async function freeMcpUrl(): Promise<string> {
  for (let attempt = 1; ; attempt += 1) {
    turn = (turn + 1) % 140;
    const port = 12_000 + 64 * turn + (process.pid % 64);
    try {
      const socket = createSocket().listen(port, '127.0.0.1');
      await once(socket, 'listening');
      socket.close();
      await once(socket, 'close');
      return `http://localhost:${port}/`;
    } catch (error) {
      if (attempt === 100) throw error;
    }
  }
}

/**
 * Reads a challenge.
 * @returns the parameters of a `WWW-Authenticate: Bearer` header; none if there is no challenge.
 *
 * @example
 * const { scope } = challengeOf(answer.headers);
 */
export function challengeOf(headers: Answer['headers']): Readonly<Record<string, string | undefined>> {
  const found = (headers['www-authenticate'] ?? '').matchAll(/(\w+)="([^"]*)"/g);
  return Object.fromEntries([...found].map(([, name, value]) => [name, value]));
}

function outcomeOf({ status, headers, json }: Answer): Outcome {
  return { status, challenge: challengeOf(headers), error: json?.error?.message };
}

function toolAnswerOf(answer: Answer): ToolAnswer {
  const { isError = false, content = [], structuredContent } = answer.json?.result ?? {};
  const outcome = outcomeOf(answer);
  if (!isError) return { ...outcome, result: structuredContent };
  return { ...outcome, error: errorOf(content[0]?.text ?? ''), result: undefined };
}

/** An error of a tool is `{"error": "…"}` as text. */
function errorOf(text: string): string {
  try {
    return String((JSON.parse(text) as { error: unknown }).error);
  } catch {
    return text;
  }
}
