import { toolCall } from '../../support/messages.ts';
import type { TokenSource } from './sources.ts';
import type { Target } from './types.ts';

/** One kind of request of a day's traffic, good and bad; `n` tells one from the next. */
type Make = (target: Target, source: TokenSource, n: number) => { url?: string; init: RequestInit };

const post = (token: string | undefined, body: string, more: Record<string, string> = {}): RequestInit => ({
  method: 'POST',
  headers: {
    ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    'content-type': 'application/json',
    accept: 'application/json, text/event-stream',
    'mcp-protocol-version': '2025-06-18',
    ...more,
  },
  body,
});

const call = (name: string, args: object): string => JSON.stringify(toolCall(name, args));

const subject = (n: number) => ({ claims: { sub: `usr_${n % 5000}` } });

/** A user whose list does not grow: everything created is deleted again. */
const traffic: readonly Make[] = [
  (target, { forge }, n) => ({ init: post(forge.token(subject(n)), call(target.readTool.name, {})) }),
  (target, { forge }) => ({ init: post(forge.token(), call(target.readTool.name, {})) }),
  (_, { forge }) => ({
    init: post(forge.token(), JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list' })),
  }),
  (target, { forge }, n) => ({ init: post(forge.forged(subject(n)), call(target.readTool.name, {})) }),
  (_, { forge }, n) => ({ init: post(forge.token(subject(n)), call('get_todo', { todo_id: `none-${n}` })) }),
  (target, { forge }) => ({
    init: post(forge.token({ claims: { scope: '' } }), call(target.writeTool.name, { title: 'a' })),
  }),
  (target) => ({ init: post(undefined, call(target.readTool.name, {})) }),
  (_, { forge }, n) => ({ init: post(forge.token(), `{"broken":${n}`) }),
  (target, _, n) => ({ url: new URL(`/nothing/${n}`, target.endpoint).href, init: {} }),
  (target) => ({ url: target.metadataUrl, init: {} }),
];

/**
 * Sends a day's mixture of traffic, as fast as it is answered.
 * @param lanes how many requests are under way at a time.
 * @returns how often each status was answered.
 */
export async function soak(
  target: Target,
  source: TokenSource,
  requests: number,
  lanes = 8,
): Promise<ReadonlyMap<number, number>> {
  const counts = new Map<number, number>();
  let next = 0;
  const lane = async () => {
    while (next < requests) {
      const n = next;
      next += 1;
      const make = traffic[n % traffic.length] as Make;
      const { url = target.endpoint, init } = make(target, source, n);
      const response = await fetch(url, init);
      await response.arrayBuffer();
      counts.set(response.status, (counts.get(response.status) ?? 0) + 1);
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  return counts;
}
