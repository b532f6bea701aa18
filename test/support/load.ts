import { Agent, request } from 'node:http';
import { toolCall as message } from './messages.ts';

/** A request of a mixed load, and what its answer has to be. */
export interface LoadRequest {
  readonly name: string;
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** The only right status. */
  readonly expected: number;
}

export interface LoadResult {
  /** How often each request was answered as expected. */
  readonly answered: Readonly<Record<string, number>>;
  /** What went wrong, each kind once: `call: 502`, `no token: ECONNRESET`, with how often. */
  readonly wrong: Readonly<Record<string, number>>;
  readonly count: number;
}

const json = { 'content-type': 'application/json', accept: 'application/json, text/event-stream' };

const toolCall = (name: string, args?: object): string => JSON.stringify(message(name, args));

/** What clients, browsers, probes and attackers send to a server, all mixed. @param path of the MCP endpoint. */
export function mixedRequests(path: string, token: string, badToken: string): readonly LoadRequest[] {
  const authorization = `Bearer ${token}`;
  const base = path.replace(/mcp$/, '');
  const post = { method: 'POST', path };
  const call = toolCall('list_todos');
  // Above the limit of a body, below that of nginx (1 MB).
  const large = JSON.stringify({ filler: 'x'.repeat(200_000) });
  const get = { method: 'GET', headers: {} };
  const ok = (name: string, from: string) => ({ ...get, name, path: from, expected: 200 });
  return [
    { ...post, name: 'call', headers: { ...json, authorization }, body: call, expected: 200 },
    { ...post, name: 'no token', headers: json, body: call, expected: 401 },
    {
      ...post,
      name: 'bad token',
      headers: { ...json, authorization: `Bearer ${badToken}` },
      body: call,
      expected: 401,
    },
    { ...get, name: 'GET without a token', path, expected: 401 },
    { ...get, name: 'GET', path, headers: { authorization }, expected: 405 },
    { ...post, name: 'large body', headers: { ...json, authorization }, body: large, expected: 413 },
    { ...post, name: 'large body, no token', headers: json, body: large, expected: 401 },
    ok('metadata', `/.well-known/oauth-protected-resource${path}`),
    {
      name: 'preflight',
      method: 'OPTIONS',
      path,
      headers: { 'access-control-request-method': 'POST' },
      expected: 204,
    },
    { name: 'DELETE', method: 'DELETE', path, headers: { authorization }, expected: 405 },
    { ...post, name: 'no JSON', headers: { ...json, authorization }, body: '{', expected: 400 },
    ok('health', `${base}healthz`),
    { ...get, name: 'elsewhere', path: `${base}nothing`, expected: 404 },
  ];
}

/** Calls of one tool, nothing else. */
export function callRequests(path: string, token: string): readonly LoadRequest[] {
  const headers = { ...json, authorization: `Bearer ${token}` };
  return [{ name: 'call', method: 'POST', path, headers, body: toolCall('list_todos'), expected: 200 }];
}

function once(port: number, { method, path, headers, body }: LoadRequest, agent: Agent): Promise<string> {
  return new Promise((resolve) => {
    const sized = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) };
    const outgoing = request(
      { host: '127.0.0.1', port, method, path, headers: { ...headers, ...sized }, agent, timeout: 60_000 },
      (answer) => {
        answer.resume().on('end', () => resolve(String(answer.statusCode)));
        answer.on('error', (error: NodeJS.ErrnoException) => resolve(`answer ${error.code}`));
      },
    );
    outgoing.on('timeout', () => outgoing.destroy(new Error('no answer within a minute')));
    outgoing.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    outgoing.end(body);
  });
}

export interface LoadSettings {
  readonly port: number;
  readonly requests: readonly LoadRequest[];
  /** How many to send, or a function that says when to stop. */
  readonly until: number | (() => boolean);
  /** How many are under way at the same time. Default 8. */
  readonly clients?: number;
  /** Each client keeps its connection, which is the default, or opens one for each request. */
  readonly connections?: 'kept' | 'fresh';
}

/** Sends requests in turn from several clients at a time. Failed requests are not retried. */
export async function load(settings: LoadSettings): Promise<LoadResult> {
  const { port, requests, clients = 8, connections = 'kept' } = settings;
  const { until } = settings;
  const enough = typeof until === 'number' ? () => count >= until : until;
  const agent = new Agent({ keepAlive: connections === 'kept', maxSockets: clients });
  const answered: Record<string, number> = {};
  const wrong: Record<string, number> = {};
  let count = 0;
  const client = async () => {
    while (!enough()) {
      const next = requests[count % requests.length] as LoadRequest;
      count += 1;
      const outcome = await once(port, next, agent);
      const isRight = outcome === String(next.expected);
      const [counts, key] = isRight ? [answered, next.name] : [wrong, `${next.name}: ${outcome}`];
      counts[key] = (counts[key] ?? 0) + 1;
    }
  };
  await Promise.all(Array.from({ length: clients }, client));
  agent.destroy();
  return { answered, wrong, count };
}
