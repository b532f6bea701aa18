// Questions, subscriptions and progress: `basic/patterns/…` and `client/elicitation`.
import { expect } from 'vitest';
import {
  ask,
  call,
  envelope,
  type Ground,
  keys,
  messagesIn,
  news,
  requestOf,
  type Statement,
} from './ground.ts';
import { withProgress } from './transport.ts';

const capabilities = { elicitation: { form: {} } };
const yes = { action: 'accept', content: { sure: true } };

interface Round {
  readonly resultType: string;
  readonly inputRequests: Readonly<Record<string, unknown>>;
  readonly requestState: string;
  readonly content: ReadonlyArray<{ readonly text: string }>;
}

/** A round of a call: the first, or one with answers. */
async function round(
  ground: Ground,
  more: object = {},
  method = 'tools/call',
  params: object = call('asks'),
) {
  const answer = await ask(ground, method, { ...params, ...more }, { capabilities });
  return { ...answer, result: (answer.json as { result: Round }).result };
}

const mrtr: readonly Statement[] = [
  {
    page: 'basic/patterns/mrtr',
    level: 'MUST',
    says: 'A question comes with `inputRequests` or `requestState`, for tool calls, resources and prompts alone.',
    async held(ground) {
      for (const [method, params] of [
        ['tools/call', call('asks')],
        ['resources/read', { uri: 'guarded://1' }],
        ['prompts/get', call('guided')],
      ] as const) {
        const { result } = await round(ground, {}, method, params);
        expect(result).toMatchObject({ resultType: 'input_required', requestState: expect.any(String) });
        const [first] = Object.values(result.inputRequests);
        expect(first).toMatchObject({
          method: 'elicitation/create',
          params: { message: expect.any(String) },
        });
      }
    },
  },
  {
    page: 'basic/patterns/mrtr',
    level: 'MUST',
    says: 'A client that did not name a kind of question, or only URLs, is not asked one.',
    async held(ground) {
      for (const other of [{}, { elicitation: { url: {} } }, { sampling: {} }])
        expect(await ask(ground, 'tools/call', call('asks'), { capabilities: other })).toMatchObject({
          status: 400,
          json: { error: { code: -32_021 } },
        });
    },
  },
  {
    page: 'basic/patterns/mrtr',
    level: 'MUST',
    says: '`requestState` that does not verify is refused: changed, of another user, or of another call.',
    async held(ground) {
      const { requestState } = (await round(ground)).result;
      const inputResponses = { first: yes };
      const other = { ...ground, token: await ground.scalekit.mint({ subject: 'usr_2' }) };
      const changed = `${requestState.slice(0, -2)}${requestState.endsWith('AA') ? 'BB' : 'AA'}`;
      for (const [who, state, params] of [
        [ground, changed, call('asks')],
        [ground, 'garbage', call('asks')],
        [other, requestState, call('asks')],
        [ground, requestState, call('asks', { what: 'everything' })],
      ] as const) {
        const { json } = await round(who, { requestState: state, inputResponses }, 'tools/call', params);
        expect(json).toMatchObject({ error: { code: -32_602, data: { reason: 'invalid_request_state' } } });
      }
    },
  },
  {
    page: 'basic/patterns/mrtr',
    level: 'SHOULD',
    says: '`requestState` lasts a short time.',
    held: 'test/server/questions.test.ts',
  },
  {
    page: 'basic/patterns/mrtr',
    level: 'SHOULD',
    says: 'An answer that is missing is asked for again; what nobody asked for is ignored.',
    async held(ground) {
      const first = (await round(ground)).result;
      const again = await round(ground, {
        requestState: first.requestState,
        inputResponses: { nobody_asked: yes, 'also not': { action: 'cancel' } },
      });
      expect(Object.keys(again.result.inputRequests)).toEqual(['first']);
      const second = await round(ground, {
        requestState: again.result.requestState,
        inputResponses: { first: yes },
      });
      expect(Object.keys(second.result.inputRequests)).toEqual(['second']);
      const last = await round(ground, {
        requestState: second.result.requestState,
        inputResponses: { second: { action: 'decline' } },
      });
      expect(last.result).toMatchObject({
        resultType: 'complete',
        content: [{ text: expect.stringContaining('decline') }],
      });
    },
  },
  {
    page: 'client/elicitation',
    level: 'SHOULD',
    says: 'Answers are held against the schema: one that does not fit is asked for again.',
    async held(ground) {
      const { requestState } = (await round(ground)).result;
      const wrong = { action: 'accept', content: { sure: 'perhaps' } };
      const { result } = await round(ground, { requestState, inputResponses: { first: wrong } });
      expect(Object.keys(result.inputRequests)).toEqual(['first']);
    },
  },
];

/** Opens a stream, and reads it until it has so many messages. */
async function listen({ endpoint, token }: Ground, notifications: object, id: number | string) {
  const { headers, body } = requestOf('subscriptions/listen', { notifications }, { id });
  const hangUp = new AbortController();
  const answer = await fetch(endpoint, {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify(body),
    signal: hangUp.signal,
  });
  const reader = (answer.body ?? expect.unreachable()).pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  const read = async (count: number) => {
    while (messagesIn(text).length < count) {
      const { value, done } = await reader.read();
      if (done) break;
      text += value;
    }
    return messagesIn(text);
  };
  return { read, close: () => hangUp.abort() };
}

const streams: readonly Statement[] = [
  {
    page: 'basic/patterns/subscriptions',
    level: 'MUST',
    says: 'The first message acknowledges what is served of what was asked for, and every message names its subscription.',
    async held(ground) {
      const wanted = { toolsListChanged: true, resourceSubscriptions: ['news://all'] };
      const stream = await listen(ground, wanted, 'sub');
      const [first] = await stream.read(1);
      expect(first).toMatchObject({
        method: 'notifications/subscriptions/acknowledged',
        params: {
          notifications: { resourceSubscriptions: ['news://all'] },
          _meta: { [keys.subscription]: 'sub' },
        },
      });
      news.updated({});
      const [, second] = await stream.read(2);
      expect(second).toMatchObject({
        method: 'notifications/resources/updated',
        params: { uri: 'news://all', _meta: { [keys.subscription]: 'sub' } },
      });
      stream.close();
    },
  },
  {
    page: 'basic/patterns/subscriptions',
    level: 'MUST',
    says: 'Nothing is sent that was not asked for.',
    async held(ground) {
      const [without, withNews] = [
        await listen(ground, {}, 1),
        await listen(ground, { resourceSubscriptions: ['news://all'] }, 2),
      ];
      for (const stream of [without, withNews]) await stream.read(1);
      news.updated({});
      await withNews.read(2);
      for (const { method } of await without.read(1))
        expect(method).not.toBe('notifications/resources/updated');
      for (const stream of [without, withNews]) stream.close();
    },
  },
  {
    page: 'basic/patterns/subscriptions',
    level: 'SHOULD',
    says: 'A server that ends a stream says so with the response of its request.',
    held: 'test/server/life.test.ts',
  },
  {
    page: 'basic/patterns/progress',
    level: 'MUST',
    says: 'Progress is sent to who asked for it, with the token as it came, grows each time, and stops with the response.',
    async held(ground) {
      expect(messagesIn((await ask(ground, 'tools/call', call('steps'))).text)).toEqual([]);
      for (const token of ['p', 7]) {
        const messages = messagesIn((await withProgress(ground, 'steps', token)).text);
        const reports = messages
          .slice(0, -1)
          .map(({ params }) => params as { progress: number; progressToken: unknown });
        expect(reports.map(({ progress }) => progress)).toEqual([1, 2, 3]);
        for (const { progressToken } of reports) expect(progressToken).toBe(token);
        expect(messages.at(-1)).toHaveProperty('result');
      }
    },
  },
  {
    page: 'basic/patterns/progress',
    level: 'MUST',
    says: 'A progress token is a text or a whole number.',
    async held(ground) {
      for (const progressToken of [{}, true, [1]]) {
        const meta = { ...envelope(), progressToken };
        const { json } = await ask(ground, 'tools/call', call('steps'), { meta });
        expect(json).toMatchObject({ error: { code: -32_600 } });
      }
    },
  },
];

export const patterns: readonly Statement[] = [...mrtr, ...streams];
