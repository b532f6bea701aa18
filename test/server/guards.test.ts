// Guards of existing servers, against messages that no client sends.
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { expect, it, onTestFinished } from 'vitest';
import { type GuardedRequest, ScalekitProvider } from '../../src/server/provider.ts';
import { call, post } from './support.ts';

const auth = new ScalekitProvider({
  environmentUrl: 'https://acme.scalekit.dev',
  resourceId: 'res_1',
  mcpUrl: 'https://mcp.example.com/',
  scopes: ['todo:read', 'todo:write'],
});

/** A server without Express: nothing catches what a guard throws, and a promise that nobody caught would end its process. */
async function guarded(held: readonly string[]): Promise<string> {
  const guard = auth.requireToolScopes({ list_todos: ['todo:read'], create_todo: ['todo:write'] });
  const server = createServer(async (req: GuardedRequest, res) => {
    req.body = await json(req);
    req.auth = { scopes: held };
    await guard(req, res, () => res.end('passed'));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

it.each<[name: unknown, status: number]>([
  ['list_todos', 200],
  ['create_todo', 403],
  ['unknown', 403],
  ['__proto__', 403],
  ['toString', 403],
  [['list_todos'], 403],
  [{ toString: 1, valueOf: 1 }, 403],
  [null, 403],
])('requireToolScopes, to a token that may only read: the tool %j', async (name, status) => {
  const url = await guarded(['todo:read']);
  const answer = await post(url, { message: { ...call(''), params: { name } } });
  expect(answer.status).toBe(status);
});

it.each([null, 'list_todos', ['list_todos'], 5])('requireToolScopes: the parameters %j', async (params) => {
  const url = await guarded(['todo:read']);
  const answer = await post(url, { message: { ...call(''), params } });
  expect(answer.status).toBe(403);
});
