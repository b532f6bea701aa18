import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { beforeAll, describe, type TestContext, test } from 'vitest';
import { toolCall } from '../support/messages.ts';
import { until } from '../support/waiting.ts';
import { lastAnswer, send } from './attack/wire.ts';
import { callTool, listen } from './call.ts';
import { advance, movableClock } from './clock.ts';
import { describeOnNode, onNode } from './on-node.ts';
import { makeProject } from './project.ts';
import { type Ground, prepareGround, unlimited } from './server.ts';

let project: string;
beforeAll(async () => {
  project = await makeProject('todo');
});

type Env = Readonly<Record<string, string>>;

async function prepare({ onTestFinished }: TestContext, env: Env = {}): Promise<Ground> {
  const ground = await prepareGround(project, {
    env: { CLOCK_STEP: '61', ...env },
    altered: movableClock,
  });
  onTestFinished(() => ground.close());
  return ground;
}

const tokenOf = ({ source }: Ground, sub = 'usr_1', more = {}) =>
  source.forge.token({ claims: { sub, ...more } });

/** A JSON-RPC message as a client of 2025 sends it. @returns the status. */
async function ask(ground: Ground, token: string, method: string, params: object = {}): Promise<number> {
  const answer = await fetch(ground.target.endpoint, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${token}`,
      'content-type': 'application/json',
      'mcp-protocol-version': '2025-06-18',
    },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }),
  });
  await answer.text();
  return answer.status;
}

async function times<T>(count: number, act: () => Promise<T>): Promise<readonly T[]> {
  const results: T[] = [];
  for (let n = 0; n < count; n += 1) results.push(await act());
  return results;
}

describe('REQUESTS_PER_MINUTE counts every request of a user', () => {
  const initialize = {
    protocolVersion: '2025-06-18',
    capabilities: {},
    clientInfo: { name: 'x', version: '1' },
  };
  test.for([
    ['tools/list', {}],
    ['initialize', initialize],
    ['ping', {}],
    ['no/such', {}],
    ['tools/call', { name: 'no_such_tool', arguments: {} }],
    ['tools/call', { name: 'list_todos', arguments: {} }],
  ] as const)('%s %j', async ([method, params], context) => {
    const { expect } = context;
    const ground = await prepare(context, { REQUESTS_PER_MINUTE: '3' });
    const token = tokenOf(ground);
    const statuses = await times(4, () => ask(ground, token, method, params));
    expect(statuses.slice(0, 3)).not.toContain(429);
    expect(statuses[3]).toBe(429);
    expect(await ask(ground, tokenOf(ground, 'usr_2'), method, params), 'others are not in the way').not.toBe(
      429,
    );
    await advance(ground.server);
    expect(await ask(ground, tokenOf(ground), method, params)).not.toBe(429);
  });

  test('GET and DELETE too', async (context) => {
    const ground = await prepare(context, { REQUESTS_PER_MINUTE: '2' });
    const headers = { authorization: `Bearer ${tokenOf(ground)}` };
    const statuses = await times(3, async () => (await fetch(ground.target.endpoint, { headers })).status);
    context.expect(statuses).toEqual([405, 405, 429]);
  });

  test('before the body is read', async (context) => {
    const { expect } = context;
    const ground = await prepare(context, { REQUESTS_PER_MINUTE: '1' });
    const { peer, path, host } = ground.target;
    const token = tokenOf(ground);
    await ask(ground, token, 'ping');
    const head = `POST ${path} HTTP/1.1\r\nHost: ${host}\r\nAuthorization: Bearer ${token}\r\nContent-Type: application/json\r\nContent-Length: 60000\r\n\r\n`;
    const answer = lastAnswer(await send(peer, head));
    expect(answer.status).toBe(429);
    expect(JSON.parse(answer.body).error.data.reason).toBe('requests_limit');
  });

  test('0 is no limit, and the default is hundreds', async (context) => {
    for (const env of [{ REQUESTS_PER_MINUTE: '0' }, {}] as Env[]) {
      const ground = await prepare(context, env);
      const token = tokenOf(ground);
      const statuses = await times(300, () => ask(ground, token, 'ping'));
      context.expect(new Set(statuses)).toEqual(new Set([200]));
    }
  });
});

test('TOOL_CALLS_PER_MINUTE counts calls of unknown tools, too', async (context) => {
  const ground = await prepare(context, { TOOL_CALLS_PER_MINUTE: '2' });
  const token = tokenOf(ground);
  const call = (name: string) => () => ask(ground, token, 'tools/call', { name, arguments: {} });
  context.expect(await times(2, call('no_such_tool'))).not.toContain(429);
  context.expect(await times(1, call('list_todos'))).toEqual([429]);
});

describe('MAX_BODY_BYTES', () => {
  const bodyOf = (bytes: number) =>
    `{"jsonrpc":"2.0","id":1,"method":"ping","params":{"x":"${'y'.repeat(bytes - 58)}"}}`;
  const status = async (ground: Ground, body: string) => {
    const headers = { authorization: `Bearer ${tokenOf(ground)}`, 'content-type': 'application/json' };
    const answer = await fetch(ground.target.endpoint, { method: 'POST', headers, body });
    return [answer.status, await answer.text()] as const;
  };

  test('is 64 KB', async (context) => {
    const ground = await prepare(context, unlimited);
    context.expect(bodyOf(65_536)).toHaveLength(65_536);
    context.expect((await status(ground, bodyOf(65_536)))[0]).toBe(200);
    const [code, text] = await status(ground, bodyOf(65_537));
    context.expect(code).toBe(413);
    context.expect(text).toContain('65536 bytes');
  });

  test('moves', async (context) => {
    const ground = await prepare(context, { ...unlimited, MAX_BODY_BYTES: '300000' });
    context.expect((await status(ground, bodyOf(299_000)))[0]).toBe(200);
    context.expect((await status(ground, bodyOf(300_001)))[0]).toBe(413);
  });

  test.for([
    ['{}', (n: number) => `[${Array(n).fill('{}').join(',')}]`],
    ['[]', (n: number) => `[${Array(n).fill('[]').join(',')}]`],
    ['names', (n: number) => `{${Array.from({ length: n }, (_, i) => `"${i}":[]`).join(',')}}`],
  ] as const)('a body with thousands of %s is refused before it is parsed', async ([, many], context) => {
    const ground = await prepare(context, { ...unlimited, MAX_BODY_BYTES: '300000' });
    const body = `{"jsonrpc":"2.0","id":1,"method":"ping","params":{"x":${many(20_000)}}}`;
    const [code, text] = await status(ground, body);
    context.expect([code, JSON.parse(text).error.data.reason]).toEqual([400, 'parts']);
  });

  test('brackets inside a string count neither as parts nor as depth', async (context) => {
    const ground = await prepare(context, unlimited);
    const [code] = await status(
      ground,
      JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'ping', params: { x: `${'[{'.repeat(20_000)}\\"` } }),
    );
    context.expect(code).toBe(200);
  });
});

const awkward = Array.from({ length: 32 }, (_, code) => String.fromCharCode(code)).join('');

describe('list_todos', () => {
  async function fill(ground: Ground, count: number, title: string, description: string): Promise<number> {
    const token = tokenOf(ground);
    let kept = 0;
    for (let n = 0; n < count; n += 1) {
      const made = await callTool(ground.target.endpoint, token, 'create_todo', { title, description });
      if (!made.isError) kept += 1;
    }
    return kept;
  }
  const list = (ground: Ground, args: Readonly<Record<string, unknown>> = {}) =>
    callTool(ground.target.endpoint, tokenOf(ground), 'list_todos', args);

  test('1,000 todos full of control characters: an answer stays small', async (context) => {
    const { expect } = context;
    const ground = await prepare(context, unlimited);
    await fill(ground, 1000, awkward.repeat(6), awkward.repeat(62));
    const { status, text } = await list(ground);
    expect(status).toBe(200);
    expect(Buffer.byteLength(text)).toBeLessThan(3_000_000);
    const largest = await list(ground, { limit: 1000 });
    expect(Buffer.byteLength(largest.text)).toBeLessThan(12_000_000);
  });

  onNode('escapes a control character once', async (context) => {
    const { expect } = context;
    const ground = await prepare(context, unlimited);
    const title = `a${awkward}z \\u0001 "quoted"`;
    await fill(ground, 1, title, '');
    const { text, result } = await list(ground);
    expect(result).toMatchObject({ todos: [{ title }] });
    expect(text.match(/\\\\u00[01]/g) ?? [], 'but for the backslash that is in the text').toHaveLength(2);
    const [content] = JSON.parse(text).result.content;
    expect(JSON.parse(content.text).todos[0].title).toContain('\\u0001 "quoted"');
  });

  test('comes in pages: 100 by default, then the rest, each todo once', async (context) => {
    const { expect } = context;
    const ground = await prepare(context, unlimited);
    await fill(ground, 130, 'one of many', '');
    const first = await list(ground);
    expect(first.result?.todos).toHaveLength(100);
    expect(first.result?.next_cursor).toEqual(expect.any(String));
    const second = await list(ground, { cursor: first.result?.next_cursor });
    expect(second.result?.todos).toHaveLength(30);
    expect(second.result).not.toHaveProperty('next_cursor');
    const ids = [first, second].flatMap(({ result }) =>
      ((result?.todos as { id: string }[] | undefined) ?? []).map(({ id }) => id),
    );
    expect(new Set(ids).size).toBe(130);
  });

  test.for([{ limit: 0 }, { limit: 1001 }, { limit: 1.5 }, { cursor: 'not one of ours' }])(
    '%j gives an error that a model understands',
    async (args, context) => {
      const ground = await prepare(context, unlimited);
      const { status, isError } = await list(ground, args);
      context.expect([status, isError]).toEqual([200, true]);
    },
  );
});

/** Sends requests without ever reading an answer. */
async function silentReader(ground: Ground, body: string, requests: number): Promise<Socket> {
  const { host, path } = ground.target;
  const request = `POST ${path} HTTP/1.1\r\nHost: ${host}\r\nAuthorization: Bearer ${tokenOf(ground)}\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
  const socket = connect({ host: '127.0.0.1', port: ground.server.port });
  socket.on('error', () => {});
  await once(socket, 'connect');
  socket.pause();
  socket.write(request.repeat(requests));
  return socket;
}

describe('what one user holds', () => {
  test('answers that nobody reads make new requests of this user wait, but not those of others', async (context) => {
    const { expect } = context;
    const ground = await prepare(context, unlimited);
    const { endpoint } = ground.target;
    const token = tokenOf(ground);
    const todo = { title: 'x'.repeat(200), description: '"'.repeat(2000) };
    for (let n = 0; n < 240; n += 1) await callTool(endpoint, token, 'create_todo', todo);
    const body = JSON.stringify(toolCall('list_todos', { limit: 1000 }));
    const sockets = await Promise.all(Array.from({ length: 12 }, () => silentReader(ground, body, 6)));
    context.onTestFinished(() => {
      for (const socket of sockets) socket.destroy();
    });
    const refused = await until('this user is told to wait', async () => {
      const called = await callTool(endpoint, token, 'list_todos');
      return called.status === 429 ? called : undefined;
    });
    expect(JSON.parse(refused.text).error.data.reason).toBe('answers_not_taken');
    expect((await callTool(endpoint, tokenOf(ground, 'usr_2'), 'list_todos')).status).toBe(200);
    for (const socket of sockets) socket.destroy();
    await until(
      'they are let in again',
      async () => (await callTool(endpoint, token, 'list_todos')).status === 200,
    );
  });

  test('endless bodies are limited, others are served, and they no longer count once they are gone', async (context) => {
    const { expect } = context;
    const ground = await prepare(context, unlimited);
    const { host, path, endpoint } = ground.target;
    const head = `POST ${path} HTTP/1.1\r\nHost: ${host}\r\nAuthorization: Bearer ${tokenOf(ground)}\r\nContent-Type: application/json\r\nContent-Length: 60000\r\n\r\n`;
    const sockets = Array.from({ length: 120 }, () => {
      const socket = connect({ host: '127.0.0.1', port: ground.server.port }, () => socket.write(head));
      return socket.on('error', () => {}).resume();
    });
    context.onTestFinished(() => {
      for (const socket of sockets) socket.destroy();
    });
    // Several at a time: a call that came before the last body has taken its place, and then one place is free.
    const refused = await until('this user is told to wait', async () => {
      const calls = Array.from({ length: 8 }, () => callTool(endpoint, tokenOf(ground), 'list_todos'));
      return (await Promise.all(calls)).find(({ status }) => status === 429);
    });
    expect(JSON.parse(refused.text).error.data.reason).toBe('requests_at_once');
    expect((await callTool(endpoint, tokenOf(ground, 'usr_2'), 'list_todos')).status).toBe(200);
    for (const socket of sockets) socket.destroy();
    await until(
      'they are let in again',
      async () => (await callTool(endpoint, tokenOf(ground), 'list_todos')).status === 200,
    );
  });
});

describeOnNode('streams', () => {
  /** A notification that this server never sends. */
  const notifications = { resourceSubscriptions: ['todo://1'], toolsListChanged: true };

  test('of one user are limited, and others get theirs', async (context) => {
    const { expect } = context;
    const ground = await prepare(context, unlimited);
    const token = tokenOf(ground);
    const streams = await times(60, () => listen(ground.target.endpoint, token, notifications));
    const statuses = streams.map(({ status }) => status);
    // A stream that has nothing to tell may end at once; then there is nothing to bound.
    const open = streams.filter(({ body, status }) => status === 200 && body !== null);
    expect(new Set(statuses)).toEqual(new Set(open.length === 60 ? [200] : [200, 429]));
    expect((await listen(ground.target.endpoint, tokenOf(ground, 'usr_2'), notifications)).status).toBe(200);
    for (const { body } of streams) await body?.cancel();
  });
});
