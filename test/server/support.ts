import * as z from 'zod';
import { type Emulator, type Faults, startEmulator } from '../../src/emulator/index.ts';
import type { Call } from '../../src/server/call.ts';
import { createServer, type ProtectedServer, type ServerOptions } from '../../src/server/create-server.ts';
import { defineScopes } from '../../src/server/define-scopes.ts';
import type { DenyOptions } from '../../src/server/deny-list.ts';
import { ScalekitProvider } from '../../src/server/provider.ts';
import type { Scopes } from '../../src/server/scopes.ts';
import { type Answer, freeMcpUrl, listTools, send, startServer } from '../../src/server/testing/index.ts';
import { type Tool, ToolError } from '../../src/server/tool.ts';
import { toolCall as call } from '../support/messages.ts';
import { freePort } from '../support/ports.ts';

export { call };

/** The scopes of the servers under test. */
export const { scopes, tool, resource, prompt, skills } = defineScopes({
  'todo:read': 'Read your todos',
  'todo:write': 'Create, change and delete your todos',
});

export interface Started {
  readonly scalekit: Emulator;
  readonly server: ProtectedServer;
  readonly url: string;
  readonly endpoint: string;
  readonly log: Array<Readonly<Record<string, unknown>>>;
  stop(): Promise<void>;
}

export const echo: Tool = tool({
  name: 'echo',
  title: 'Echo',
  description: 'Answers what it is sent.',
  scopes: ['todo:read'],
  input: z.object({ text: z.string().max(20).default('nothing') }),
  output: z.object({ text: z.string() }),
  annotations: { readOnlyHint: false, destructiveHint: true, openWorldHint: false },
  run: ({ text }) => {
    if (text === 'told') throw new ToolError('This is for the caller.');
    if (text === 'broken') throw new Error('The password is hunter2');
    if (text === 'odd') throw Object.create(null);
    const internal = { text, owner: 'not in the schema' };
    return internal;
  },
});

/** A tool that waits until the test lets it go on, and knows whether its caller is still waiting. */
export function slowTool(): { tool: Tool; started: Promise<Call>; goOn(): void } {
  let goOn = () => {};
  let start: (call: Call) => void = () => {};
  const released = new Promise<void>((resolve) => {
    goOn = resolve;
  });
  const started = new Promise<Call>((resolve) => {
    start = resolve;
  });
  const slow = tool({
    name: 'slow',
    title: 'Slow',
    description: 'Takes its time.',
    scopes: [],
    input: z.object({}),
    output: z.object({ done: z.boolean() }),
    annotations: { readOnlyHint: true, destructiveHint: false, openWorldHint: false },
    async run(_args, call) {
      start(call);
      await released;
      return { done: true };
    },
  });
  return { tool: slow, started, goOn };
}

/** What a server under test is started with. */
interface StartOptions extends Partial<ServerOptions> {
  readonly path?: string;
  readonly faults?: Faults;
  /** Whether the local Scalekit approves by itself. */
  readonly autoApprove?: boolean;
  /** Where it keeps its key; default: in memory. */
  readonly keyDirectory?: string;
  readonly scopes?: Scopes;
  readonly deny?: DenyOptions;
}

/** Starts the server's own code with a local Scalekit. */
export async function start(options: StartOptions = {}): Promise<Started> {
  const { path = '/', faults = {}, scopes: own = scopes, deny, ...others } = options;
  const { autoApprove = false, keyDirectory, ...rest } = others;
  const port = await freePort();
  const url = `http://localhost:${port}${path}`;
  const scalekit = await startEmulator({
    mcpUrl: url,
    scopes: own.names,
    autoApprove,
    ...(keyDirectory && { keyDirectory }),
  });
  scalekit.fault(faults);
  const auth = new ScalekitProvider({
    environmentUrl: scalekit.url,
    resourceId: scalekit.resourceId,
    mcpUrl: url,
    scopes: own,
    ...(deny && { deny }),
  });
  const log: Started['log'] = [];
  const server = createServer({
    name: 'Test',
    version: '1.0.0',
    auth,
    tools: [echo],
    log: (level, event, details) => log.push({ level, event, ...details }),
    ...rest,
  });
  await server.listen(port, '127.0.0.1');
  return {
    scalekit,
    server,
    url,
    endpoint: auth.endpoint.href,
    log,
    async stop() {
      await server.close(0);
      await scalekit.close();
    },
  };
}

export interface Sent {
  readonly token?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly message: object;
  readonly signal?: AbortSignal;
}

/** The tools of a server that is only tested for whether it lets somebody in. */
export const exampleTools: readonly Tool[] = ['todo:read', 'todo:write'].map((scope) =>
  tool({
    name: scope.replace(':', '_'),
    title: scope,
    description: `Needs ${scope}.`,
    scopes: [scope as 'todo:read'],
    input: z.object({}),
    output: z.object({}),
    annotations: { readOnlyHint: true, destructiveHint: false, openWorldHint: false },
    run: () => ({}),
  }),
);

/** Starts a server as the tests of generated projects do, by `scalekit-mcp-server/testing`. */
export async function startTestServer(overrides: Partial<ServerOptions> = {}) {
  const mcpUrl = await freeMcpUrl();
  const scalekit = await startEmulator({ mcpUrl, scopes: scopes.names, autoApprove: true });
  return await startServer({ scalekit, scopes, tools: exampleTools, ...overrides });
}

export type TestServer = Awaited<ReturnType<typeof startTestServer>>;

/** Calls a tool, as clients of 2025 do. */
export async function callTool(server: TestServer, token: string, name: string): Promise<Answer> {
  return await send(server.endpoint, { token, body: call(name) });
}

/** Lists the tools, as clients of 2025 do. */
export async function list(server: TestServer, token: string): Promise<Answer> {
  return await send(server.endpoint, { token, body: listTools });
}

/** @returns the log's line about the last refused request; other lines, as of the keys, may come after it. */
export function lastRefusal({ log }: Pick<Started, 'log'>): Started['log'][number] | undefined {
  return log.filter(({ event }) => event === 'refused').at(-1);
}

/** One message to the endpoint. */
export function post(endpoint: string, { token, headers, message, signal }: Sent): Promise<Response> {
  return fetch(endpoint, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      ...headers,
    },
    body: JSON.stringify(message),
    ...(signal && { signal }),
  });
}
