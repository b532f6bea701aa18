// Resources that clients of 2026-07-28 subscribe to.
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connect } from './both-clients.ts';
import { post, resource, type Started, start } from './support.ts';

/** The ids of users, by subject. */
const ids = new Map<string, string>();
const note = resource({
  uri: 'note://{id}',
  name: 'note',
  scopes: ['todo:write'],
  subscribe: true,
  read({ id }, { user }) {
    ids.set(user.subject, user.id);
    return id;
  },
});
const news = resource({
  uri: 'news://all',
  name: 'news',
  scopes: ['todo:read'],
  subscribe: true,
  read: () => '',
});
const still = resource({ uri: 'still://1', name: 'still', scopes: [], read: () => '' });

let server: Started;
beforeAll(async () => {
  server = await start({ resources: [note, news, still] });
});
afterAll(() => server.stop());

const envelope = {
  'io.modelcontextprotocol/protocolVersion': '2026-07-28',
  'io.modelcontextprotocol/clientCapabilities': {},
};

async function listen(token: string, ...resourceSubscriptions: readonly unknown[]) {
  const method = 'subscriptions/listen';
  const params = { notifications: { resourceSubscriptions }, _meta: envelope };
  const headers = { 'mcp-protocol-version': '2026-07-28', 'mcp-method': method };
  return await post(server.endpoint, { token, headers, message: { jsonrpc: '2.0', id: 1, method, params } });
}

/** Reads messages of a stream, one by one. */
function messagesOf(answer: Response): () => Promise<{ method: string; params: Record<string, unknown> }> {
  const reader = (answer.body ?? expect.unreachable()).pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  return async () => {
    for (;;) {
      const [, event, rest] = /^event: message\ndata: (.*)\n\n([\s\S]*)$/.exec(text) ?? [];
      if (event !== undefined) {
        text = rest ?? '';
        return JSON.parse(event);
      }
      const { value, done } = await reader.read();
      if (done) return expect.unreachable();
      text += value;
    }
  };
}

const updated = (uri: string) => ({ method: 'notifications/resources/updated', params: { uri } });

describe('a resource that can be watched', () => {
  it('notifies one user, or everybody', async () => {
    const [one, two] = await Promise.all(
      ['usr_1', 'usr_2'].map((subject) => server.scalekit.mint({ subject })),
    );
    const readerOf = async (token = '') => {
      const client = await connect('SDK 1', server.endpoint, token);
      await client.inner.readResource({ uri: 'note://1' });
      await client.close();
      return messagesOf(await listen(token, 'note://1', 'news://all', 'nothing://x'));
    };
    const [ofOne, ofTwo] = [await readerOf(one), await readerOf(two)];
    for (const next of [ofOne, ofTwo])
      expect(await next()).toMatchObject({ method: 'notifications/subscriptions/acknowledged' });
    note.updated({ id: '1' }, ids.get('usr_1'));
    note.updated({ id: '2' }, ids.get('usr_2'));
    note.updated({ id: '1' }, 'usr_2');
    news.updated({});
    expect(await ofOne()).toMatchObject(updated('note://1'));
    for (const next of [ofOne, ofTwo]) expect(await next()).toMatchObject(updated('news://all'));
  });

  it('can be watched only by those who may read it', async () => {
    const token = await server.scalekit.mint({ scopes: ['todo:read'] });
    const refused = await listen(token, 'news://all', 'note://1');
    expect(refused.status).toBe(403);
    expect(refused.headers.get('www-authenticate')).toContain('scope="todo:read todo:write"');
    await refused.body?.cancel();
    const served = await listen(token, 'news://all');
    expect(served.status).toBe(200);
    await served.body?.cancel();
    for (const odd of [{}, { toString: 1 }, 7, null, ['note://1'], '__proto__']) {
      const answer = await listen(token, odd);
      expect(answer.status).toBeLessThan(500);
      await answer.body?.cancel();
    }
  });

  it('is announced as watchable to clients that can watch', async () => {
    const token = await server.scalekit.mint();
    const previous = await connect('SDK 1', server.endpoint, token);
    expect(previous.inner.getServerCapabilities()?.resources).toEqual({});
    await previous.close();
    const client = new Client({ name: 'x', version: '1' }, { versionNegotiation: { mode: 'auto' } });
    const requestInit = { headers: { authorization: `Bearer ${token}` } };
    await client.connect(new StreamableHTTPClientTransport(new URL(server.endpoint), { requestInit }));
    expect(client.getServerCapabilities()?.resources).toEqual({ subscribe: true });
    const heard = new Promise((resolve) => {
      client.setNotificationHandler('notifications/resources/updated', ({ params }) => resolve(params.uri));
    });
    const subscription = await client.listen({ resourceSubscriptions: ['news://all'] });
    news.updated({});
    expect(await heard).toBe('news://all');
    await subscription.close();
    await client.close();
  });
});
