import { classifyInboundRequest } from '@modelcontextprotocol/server';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PlainCalls } from '../../src/server/plain-calls.ts';
import { envelope } from '../support/messages.ts';

const legacy = { jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'x', arguments: {} } };
const modern = { ...legacy, params: { ...legacy.params, _meta: envelope } };
const modernHeaders = {
  'mcp-protocol-version': '2026-07-28',
  'mcp-method': 'tools/call',
  'mcp-name': 'x',
};

type Headers = Readonly<Record<string, string>>;

function classify(message: Readonly<Record<string, unknown>>, headers: Headers) {
  const { 'mcp-protocol-version': version, 'mcp-method': method, 'mcp-name': name } = headers;
  return classifyInboundRequest({
    httpMethod: 'POST',
    body: message,
    ...(version !== undefined && { protocolVersionHeader: version }),
    ...(method !== undefined && { mcpMethodHeader: method }),
    ...(name !== undefined && { mcpNameHeader: name }),
  });
}

/** An instance that already knows the envelope of a call of 2026-07-28. */
function experienced(): PlainCalls {
  const calls = new PlainCalls();
  expect(calls.learn(classify(modern, modernHeaders), modernHeaders)).toEqual({
    era: 'modern',
    revision: '2026-07-28',
  });
  return calls;
}

describe('a plain call', () => {
  it.each([{}, { 'mcp-protocol-version': '2025-06-18' }, { 'mcp-protocol-version': '2024-11-05' }])(
    'from before 2026 is recognised at once: %j',
    (headers) => {
      expect(new PlainCalls().recognise(legacy, headers)).toEqual({ era: 'legacy' });
    },
  );

  it('of 2026-07-28 is recognised once the SDK has seen its envelope', () => {
    expect(new PlainCalls().recognise(modern, modernHeaders)).toBeUndefined();
    const route = classify(modern, modernHeaders);
    if (route.kind !== 'modern') return expect.unreachable();
    expect(experienced().recognise(modern, modernHeaders)).toEqual(route.classification);
  });

  it('with an envelope that nobody has sent before goes to the SDK', () => {
    const others = { 'io.modelcontextprotocol/clientInfo': { name: 'y', version: '1' } };
    const call = { ...modern, params: { ...modern.params, _meta: { ...envelope, ...others } } };
    expect(experienced().recognise(call, modernHeaders)).toBeUndefined();
  });

  it('takes little memory for any number of clients: long and old envelopes are forgotten', () => {
    const calls = experienced();
    const learn = (name: string) => {
      const info = { 'io.modelcontextprotocol/clientInfo': { name, version: '1' } };
      const call = { ...modern, params: { ...modern.params, _meta: { ...envelope, ...info } } };
      expect(calls.learn(classify(call, modernHeaders), modernHeaders)).toBeDefined();
      return call;
    };
    expect(calls.recognise(learn('long'.repeat(250)), modernHeaders)).toBeUndefined();
    for (let n = 0; n < 100; n += 1) expect(calls.recognise(learn(`${n}`), modernHeaders)).toBeDefined();
    expect(calls.recognise(modern, modernHeaders)).toBeUndefined();
  });

  it('is classified as the SDK classifies it', () => {
    const some = <T>(...values: T[]) => fc.constantFrom(...values);
    /** Mostly the first: messages that are plain except for one thing are the most telling. */
    const mostly = <T>(first: T, ...others: T[]) =>
      fc.oneof({ weight: 4, arbitrary: fc.constant(first) }, { weight: 1, arbitrary: some(...others) });
    const seldom = <T>(...values: T[]) => mostly<T | undefined>(undefined, ...values);
    const messages = fc.record({
      jsonrpc: mostly<unknown>('2.0', '1.0', 2, undefined),
      id: mostly<unknown>(1, 'a', 1.5, null, {}, 2 ** 60, undefined),
      method: mostly<unknown>('tools/call', 'initialize', 'ping', 1),
      params: some<unknown>(
        ...[legacy.params, modern.params, {}, [], null, 'x', { _meta: {} }, { _meta: null, name: 'x' }],
        ...[legacy.params, modern.params, { ...legacy.params, name: 1 }, { name: 'y', _meta: envelope }],
        { ...modern.params, _meta: { ...envelope, progressToken: {} } },
      ),
      result: seldom<unknown>({}, 1),
      error: seldom<unknown>({ code: 1, message: 'x' }, 1),
      extra: seldom(1),
    });
    const headers = some<Readonly<Record<string, string | undefined>>>(
      ...[{}, modernHeaders, { 'mcp-protocol-version': '2025-11-25' }, { 'mcp-protocol-version': '1.0' }],
      ...[
        { ...modernHeaders, 'mcp-name': 'y' },
        { ...modernHeaders, 'mcp-protocol-version': '2025-06-18' },
      ],
      ...[{ 'mcp-method': 'tools/list' }, { 'mcp-name': 'x' }, { 'mcp-protocol-version': '2027-01-01' }],
    );
    const withoutUndefined = (all: object) =>
      Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
    const calls = experienced();
    let recognised = 0;
    fc.assert(
      fc.property(messages, headers, (given, present) => {
        const message = withoutUndefined(given);
        const sent = withoutUndefined(present) as Headers;
        const call = calls.recognise(message, sent);
        if (call === undefined) return;
        recognised += 1;
        const route = classify(message, sent);
        if (call.era === 'legacy') expect(route).toMatchObject({ kind: 'legacy', reason: 'no-claim' });
        else expect(route).toMatchObject({ kind: 'modern', messageKind: 'request', classification: call });
      }),
      { numRuns: 3000 },
    );
    expect(recognised).toBeGreaterThan(50);
  });
});
