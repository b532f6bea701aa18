// Tools, resources and prompts that ask the person at the client, in each era's way.
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import * as z from 'zod';
import { CarriedState } from '../../src/server/carried-state.ts';
import { CannotAsk } from '../../src/server/index.ts';
import type { McpRequest } from '../../src/server/mcp-request.ts';
import { connect, generations, type Person } from './both-clients.ts';
import { call, post, prompt, resource, type Started, start, tool } from './support.ts';

const annotations = { readOnlyHint: true, destructiveHint: false, openWorldHint: false } as const;
const about = (name: string) => ({ name, title: name, description: name, scopes: [], annotations });
const nothing = z.object({});
const sure = z.object({ sure: z.boolean().describe('Whether to go on') });

/** How often `begin` has run to its first question. */
let begun = 0;
let done = 0;
/** The signal of the last call of `remove`. */
let signal = new AbortController().signal;
const remove = tool({
  ...about('remove'),
  input: z.object({ what: z.string().default('it') }),
  async run({ what }, { ask, user, signal: ended }) {
    begun += 1;
    signal = ended;
    const answer = await ask(`Remove ${what}?`, sure);
    if (answer.action !== 'accept') return answer.action;
    done += 1;
    return `${user.subject} removes ${what}: ${answer.content.sure}`;
  },
});
const twoSteps = tool({
  ...about('two_steps'),
  input: nothing,
  async run(_args, { ask }) {
    const first = await ask('Your name?', z.object({ name: z.string().min(1) }));
    const second = await ask('Your colour?', z.object({ colour: z.enum(['red', 'blue']).default('blue') }));
    return JSON.stringify([first, second]);
  },
});
const atOnce = tool({
  ...about('at_once'),
  input: nothing,
  async run(_args, { ask }) {
    const answers = await Promise.all([ask('One?', sure), ask('Two?', sure, 'second')]);
    return answers.map(({ action }) => action).join();
  },
});
const ifPossible = tool({
  ...about('if_possible'),
  input: nothing,
  run: async (_args, { ask, canAsk }) => (canAsk ? (await ask('Well?', sure)).action : 'nobody to ask'),
});
const swallows = tool({
  ...about('swallows'),
  input: nothing,
  async run(_args, { ask }) {
    // Nobody waits for the answer, so nobody would handle a rejection.
    void ask('Forgotten?', sure);
    try {
      return (await ask('Caught?', sure)).action;
    } catch (error) {
      if (error instanceof CannotAsk) throw error;
      return 'went on without an answer';
    }
  },
});
const odd = tool({
  ...about('odd'),
  input: nothing,
  run: async (_args, { ask }) =>
    (await ask('What?', z.object({ deep: z.object({ down: z.string() }) }))).action,
});
const locked = resource({
  uri: 'locked://{id}',
  name: 'locked',
  scopes: [],
  read: async ({ id }, { ask }) => `${id}: ${(await ask('Open it?', sure)).action}`,
});
const guided = prompt({
  name: 'guided',
  description: 'Asks for more.',
  scopes: [],
  run: async (_args, { ask }) => (await ask('Open it?', sure)).action,
});

let server: Started;
let token: string;
beforeAll(async () => {
  const tools = [remove, twoSteps, atOnce, ifPossible, swallows, odd];
  server = await start({ tools, resources: [locked], prompts: [guided] });
  token = await server.scalekit.mint({ subject: 'usr_1' });
});
afterAll(() => server.stop());

const yes: Person = () => ({ action: 'accept', content: { sure: true } });

describe.each(generations)('the official client (%s)', (generation) => {
  const withClient = async <T>(
    person: Person | undefined,
    act: (client: Awaited<ReturnType<typeof connect>>) => Promise<T>,
  ): Promise<T> => {
    const client = await connect(generation, server.endpoint, token, person);
    try {
      return await act(client);
    } finally {
      await client.close();
    }
  };
  const textOf = async (person: Person | undefined, name: string) =>
    await withClient(person, async (client) => {
      const { content, isError } = await client.call(name);
      return [(content[0] as { text: string }).text, isError ?? false] as const;
    });

  it('asks the person, and returns the answer', async () => {
    const asked: unknown[] = [];
    const person: Person = (question) => {
      asked.push([question.message, question.requestedSchema]);
      return { action: 'accept', content: { sure: true } };
    };
    expect(await textOf(person, 'remove')).toEqual(['usr_1 removes it: true', false]);
    const properties = { sure: { type: 'boolean', description: 'Whether to go on' } };
    expect(asked).toEqual([
      ['Remove it?', expect.objectContaining({ type: 'object', properties, required: ['sure'] })],
    ]);
    for (const action of ['decline', 'cancel'] as const)
      expect(await textOf(() => ({ action }), 'remove')).toEqual([action, false]);
  });

  it('asks several questions, one after the other and at once', async () => {
    const person: Person = ({ message }) =>
      message === 'Your name?'
        ? { action: 'accept', content: { name: 'Ada' } }
        : { action: 'accept', content: {} };
    expect(await textOf(person, 'two_steps')).toEqual([
      JSON.stringify([
        { action: 'accept', content: { name: 'Ada' } },
        { action: 'accept', content: { colour: 'blue' } },
      ]),
      false,
    ]);
    expect(await textOf(yes, 'at_once')).toEqual(['accept,accept', false]);
  });

  it('asks again if the answer does not fit', async () => {
    let times = 0;
    const person: Person = ({ message }) => {
      if (message !== 'Your name?') return { action: 'decline' };
      times += 1;
      return { action: 'accept', content: { name: times < 3 ? '' : 'Ada' } };
    };
    expect((await textOf(person, 'two_steps'))[0]).toContain('"name":"Ada"');
    expect(times).toBe(3);
  });

  it('is told what it lacks if it cannot ask a person and the tool needs one', async () => {
    expect(await textOf(undefined, 'if_possible')).toEqual(['nobody to ask', false]);
    expect(await textOf(yes, 'if_possible')).toEqual(['accept', false]);
    const before = done;
    await withClient(undefined, async (client) => {
      const lacking = client.call('remove');
      if (generation === 'SDK 2, 2026') await expect(lacking).rejects.toMatchObject({ code: -32_021 });
      else
        expect(await lacking).toMatchObject({
          isError: true,
          content: [{ text: expect.stringContaining('person') }],
        });
      await expect(client.inner.readResource({ uri: 'locked://1' })).rejects.toThrow(/person/);
      await expect(client.inner.getPrompt({ name: 'guided' })).rejects.toThrow(/person/);
    });
    expect(done).toBe(before);
  });

  it('asks for resources and prompts, too', async () => {
    await withClient(yes, async (client) => {
      expect(await client.inner.readResource({ uri: 'locked://1' })).toMatchObject({
        contents: [{ text: '1: accept' }],
      });
      expect(await client.inner.getPrompt({ name: 'guided' })).toMatchObject({
        messages: [{ content: { text: 'accept' } }],
      });
    });
  });

  it('copes with tools that catch everything, or ask what no form can show', async () => {
    expect((await textOf(yes, 'swallows'))[0]).toBe('accept');
    const [text, isError] = await textOf(yes, 'odd');
    expect(isError).toBe(true);
    expect(text).toContain('Internal error');
  });
});

/** A round of a call in 2026-07-28. */
async function round(name: string, args: object, more: object, by = token) {
  const params = {
    name,
    arguments: args,
    ...more,
    _meta: {
      'io.modelcontextprotocol/protocolVersion': '2026-07-28',
      'io.modelcontextprotocol/clientCapabilities': { elicitation: {} },
    },
  };
  const headers = { 'mcp-protocol-version': '2026-07-28', 'mcp-method': 'tools/call', 'mcp-name': name };
  const message = { jsonrpc: '2.0', id: 1, method: 'tools/call', params };
  const answer = await post(server.endpoint, { token: by, headers, message });
  return (await answer.json()) as {
    result?: {
      resultType: string;
      requestState: string;
      inputRequests: Record<string, object>;
      content: [{ text: string }];
    };
    error?: { code: number; data: { reason: string } };
  };
}

describe('what a client of 2026-07-28 carries', () => {
  const inputResponses = { question_1: { action: 'accept', content: { sure: true } } };
  const askRemoval = async (args = { what: 'a' }) =>
    (await round('remove', args, {})).result?.requestState ?? '';

  it('is accepted only from the same user and for the same call', async () => {
    const requestState = await askRemoval();
    const other = await server.scalekit.mint({ subject: 'usr_2' });
    const begunBefore = begun;
    const refused = [
      await round('remove', { what: 'a' }, { requestState, inputResponses }, other),
      await round('remove', { what: 'everything' }, { requestState, inputResponses }),
      await round('two_steps', { what: 'a' }, { requestState, inputResponses }),
      await round(
        'remove',
        { what: 'a' },
        { requestState: `${requestState.slice(0, -2)}AA`, inputResponses },
      ),
      await round('remove', { what: 'a' }, { requestState: 'v1.e30.AA', inputResponses }),
      await round('remove', { what: 'a' }, { requestState: 7, inputResponses }),
      await round('remove', { what: 'a' }, { requestState: '', inputResponses }),
    ];
    for (const { result, error } of refused) {
      expect(result).toBeUndefined();
      expect(error?.code).toBe(-32_602);
    }
    expect(begun).toBe(begunBefore);
    const { result } = await round('remove', { what: 'a' }, { requestState, inputResponses });
    expect(result?.content[0].text).toBe('usr_1 removes a: true');
  });

  it('leads to the question again if the answer is missing, malformed, or to another question', async () => {
    for (const responses of [
      {},
      { other: inputResponses.question_1 },
      { question_1: 12_345 },
      { question_1: { action: 'accept', content: { sure: 'perhaps' } } },
      { question_1: { action: 'explode' } },
      { question_1: { method: 'elicitation/create', result: inputResponses.question_1 } },
    ]) {
      const { result } = await round('remove', {}, { inputResponses: responses });
      expect(result).toMatchObject({ resultType: 'input_required', inputRequests: { question_1: {} } });
    }
  });

  it('holds the answers so far, and nothing else', async () => {
    const first = (await round('two_steps', {}, {})).result;
    const answered = { question_1: { action: 'accept', content: { name: 'Ada' } } };
    const second = (
      await round('two_steps', {}, { requestState: first?.requestState, inputResponses: answered })
    ).result;
    expect(Object.keys(second?.inputRequests ?? {})).toEqual(['question_2']);
    expect(second?.requestState).not.toBe(first?.requestState);
    const third = await round(
      'two_steps',
      {},
      {
        requestState: second?.requestState,
        inputResponses: { question_2: { action: 'decline' } },
      },
    );
    expect(third.result?.content[0].text).toContain('"name":"Ada"');
  });

  it('is accepted for ten minutes by another process with the same secret, and by no other', async () => {
    const secret = 'a secret of at least 32 characters';
    const access = { user: { id: 'usr_1', clientId: undefined } };
    const request = {
      access,
      message: { method: 'tools/call', params: { name: 'x' } },
    } as unknown as McpRequest;
    const answers = { question_1: { question: 'x', action: 'accept' as const } };
    const state = await new CarriedState(secret).write(answers, request);
    expect(await new CarriedState(secret).read(state, request)).toEqual(answers);
    await expect(new CarriedState(undefined).read(state, request)).rejects.toThrow(/not for this call/);
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 601_000 });
    onTestFinished(() => void vi.useRealTimers());
    await expect(new CarriedState(secret).read(state, request)).rejects.toThrow(/too old/);
  });

  it('needs a real secret', async () => {
    await expect(start({ stateSecret: 'short' })).rejects.toThrow(/32 bytes/);
  });
});

describe('a question to a client of 2025', () => {
  const accept = 'application/json, text/event-stream';
  const session = `asks-${crypto.randomUUID()}`;
  const open = async (headers: Record<string, string>) =>
    await post(server.endpoint, {
      token,
      message: call('remove', { what: 'x' }),
      headers: { accept, ...headers },
    });
  const firstEvent = async (answer: Response) => {
    const reader = (answer.body ?? expect.unreachable()).pipeThrough(new TextDecoderStream()).getReader();
    const { value = '' } = await reader.read();
    return {
      reader,
      question: JSON.parse(value.replace(/^event: message\ndata: /, '')) as { id: string; method: string },
    };
  };
  const reply = (id: unknown, by: string, content: object = { sure: true }) =>
    post(server.endpoint, {
      token: by,
      message: { jsonrpc: '2.0', id, result: { action: 'accept', content } },
    });

  it('is sent only to clients that announced elicitation', async () => {
    const initialize = async (capabilities: object) => {
      const params = { protocolVersion: '2025-11-25', capabilities, clientInfo: { name: 'x', version: '1' } };
      const answer = await post(server.endpoint, {
        token,
        message: { jsonrpc: '2.0', id: 1, method: 'initialize', params },
      });
      return answer.headers.get('mcp-session-id');
    };
    expect(await initialize({ elicitation: {} })).toMatch(/^asks-[\da-f-]{36}$/);
    expect(await initialize({ elicitation: { form: {}, url: {} } })).toMatch(/^asks-/);
    for (const capabilities of [{}, { elicitation: { url: {} } }, { elicitation: null }, { sampling: {} }])
      expect(await initialize(capabilities)).toBeNull();
    for (const headers of [
      {},
      { 'mcp-session-id': 'asks-x' },
      { 'mcp-session-id': session, accept: 'application/json' },
    ])
      expect(await (await open(headers)).json()).toMatchObject({ result: { isError: true } });
  });

  it('is answered by the user who was asked, once, and by nobody else', async () => {
    const other = await server.scalekit.mint({ subject: 'usr_2' });
    const { reader, question } = await firstEvent(await open({ 'mcp-session-id': session }));
    expect(question).toMatchObject({
      method: 'elicitation/create',
      id: expect.stringMatching(/^[\da-f-]{36}$/),
    });
    for (const id of [0, 1, '0', 'constructor']) expect((await reply(id, token)).status).toBe(202);
    expect((await reply(question.id, other)).status).toBe(202);
    expect((await reply(question.id, token)).status).toBe(202);
    const { value = '' } = await reader.read();
    expect(value).toContain('usr_1 removes x: true');
    const before = done;
    expect((await reply(question.id, token)).status).toBe(202);
    expect(done).toBe(before);
  });

  it('ends with the client', async () => {
    const controller = new AbortController();
    const before = done;
    const headers = { accept, 'mcp-session-id': session };
    const answer = await post(server.endpoint, {
      token,
      message: call('remove'),
      headers,
      signal: controller.signal,
    });
    const { question } = await firstEvent(answer);
    const ofCall = signal;
    controller.abort();
    await expect.poll(() => ofCall.aborted, { timeout: 10_000 }).toBe(true);
    expect((await reply(question.id, token)).status).toBe(202);
    expect(done).toBe(before);
  });
});
