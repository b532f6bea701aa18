import fc from 'fast-check';
import { compose } from './compose.ts';
import { callOf, judgeAlways } from './judge.ts';
import type { TokenSource } from './sources.ts';
import type { Attack, Target } from './types.ts';
import { type Exchange, lastAnswer, send } from './wire.ts';

/** Whose token a random request carries. */
type Bearer = 'none' | 'good' | 'read-only' | 'mutated' | 'random';

interface Fuzzed {
  readonly bearer: Bearer;
  /** Picks the place and the bit that is mutated. */
  readonly at: number;
  readonly attack: Attack;
}

const methods = ['POST', 'GET', 'DELETE', 'OPTIONS', 'HEAD', 'PUT', 'PATCH', 'TRACE', 'QUERY'];
const headerNames = [
  'Host',
  'Origin',
  'Accept',
  'Content-Type',
  'Content-Encoding',
  'Connection',
  'Expect',
  'Cookie',
  'Upgrade',
  'MCP-Protocol-Version',
  'Mcp-Method',
  'Mcp-Name',
  'Mcp-Session-Id',
  'Last-Event-ID',
  'X-Forwarded-For',
  'X-Forwarded-Host',
  'X-Request-Id',
  'Access-Control-Request-Method',
  'Access-Control-Request-Headers',
  'Mcp-Param-X',
  'User-Agent',
  'Range',
  'If-None-Match',
  'TE',
  'Trailer',
];
const rpcMethods = [
  'tools/call',
  'tools/list',
  'initialize',
  'ping',
  'server/discover',
  'resources/list',
  'tasks/get',
  'logging/setLevel',
  'completion/complete',
  'notifications/cancelled',
];

/** Any byte that may stand in a header without ending it. */
const headerValue = fc
  .array(fc.integer({ min: 0, max: 255 }), { maxLength: 40 })
  .map((bytes) => Buffer.from(bytes.filter((byte) => byte !== 10 && byte !== 13)).toString('latin1'));

const headers = fc.dictionary(
  fc.oneof(fc.constantFrom(...headerNames), fc.stringMatching(/^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,20}$/)),
  fc.oneof(
    headerValue,
    fc.constantFrom('', '*', '2025-06-18', '2026-07-28', '2099-01-01', 'tools/call', 'application/json'),
  ),
  { maxKeys: 5 },
);

/** Paths around the one that matters. */
const path = fc.oneof(
  { weight: 6, arbitrary: fc.constant(undefined) },
  { weight: 2, arbitrary: fc.webPath().map((text) => text || '/') },
  {
    weight: 2,
    arbitrary: fc
      .array(
        fc.constantFrom(
          '/',
          'mcp',
          '.',
          '..',
          '%2e',
          '%2f',
          '%00',
          ';',
          '?',
          '#',
          '.well-known',
          'oauth-protected-resource',
          'healthz',
          'readyz',
          '\\',
          '%6d',
          'MCP',
          '=',
          '&',
        ),
        { minLength: 1, maxLength: 8 },
      )
      .map((parts) => `/${parts.join('')}`),
  },
);

const someArguments = fc.oneof(
  fc.dictionary(
    fc.oneof(
      fc.constantFrom(
        'title',
        'description',
        'todo_id',
        'completed',
        'message',
        '__proto__',
        'constructor',
        'toString',
      ),
      fc.string(),
    ),
    fc.jsonValue({ maxDepth: 3 }),
    { maxKeys: 5 },
  ),
  fc.jsonValue(),
);

const toolNames = [
  'create_todo',
  'list_todos',
  'get_todo',
  'update_todo',
  'delete_todo',
  'todo_read',
  'todo_write',
  '__proto__',
  'constructor',
  '',
];

const call = fc
  .record({ name: fc.oneof(fc.constantFrom(...toolNames), fc.string()), arguments: someArguments })
  .map((params) => ({ jsonrpc: '2.0', id: 1, method: 'tools/call', params }));

const message = fc.oneof(
  { weight: 4, arbitrary: call },
  {
    weight: 2,
    arbitrary: fc.record(
      {
        jsonrpc: fc.constantFrom('2.0', '1.0', 2),
        id: fc.oneof(fc.integer(), fc.string(), fc.jsonValue()),
        method: fc.oneof(fc.constantFrom(...rpcMethods), fc.string()),
        params: fc.jsonValue(),
      },
      { requiredKeys: [] },
    ),
  },
  { weight: 1, arbitrary: fc.jsonValue() },
);

/** A text with one character replaced, taken out or put in. */
const damaged = fc
  .tuple(message, fc.nat(), fc.string({ maxLength: 2 }), fc.nat({ max: 2 }))
  .map(([value, at, text, cut]) => {
    const json = JSON.stringify(value) ?? '';
    const place = at % (json.length + 1);
    return json.slice(0, place) + text + json.slice(place + cut);
  });

const body = fc.oneof(
  { weight: 5, arbitrary: message.map((value) => JSON.stringify(value) ?? '') },
  { weight: 2, arbitrary: damaged },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 200 }) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 100 }) },
);

const fuzzed: fc.Arbitrary<Fuzzed> = fc.record({
  bearer: fc.constantFrom<Bearer>('none', 'good', 'good', 'good', 'read-only', 'mutated', 'random'),
  at: fc.nat(),
  attack: fc.record(
    {
      method: fc.oneof(
        { weight: 6, arbitrary: fc.constant('POST') },
        { weight: 2, arbitrary: fc.constantFrom(...methods) },
        { weight: 1, arbitrary: fc.stringMatching(/^[A-Z]{1,10}$/) },
      ),
      path,
      headers,
      body,
    },
    { requiredKeys: ['method', 'path', 'headers', 'body'] },
  ) as fc.Arbitrary<Attack>,
});

/** A good token with one character changed for another of the alphabet: the last one has bits that mean nothing. */
function mutate(token: string, at: number): string {
  const place = at % (token.length - 1);
  const old = token[place];
  if (old === '.') return `${token.slice(0, place)}_${token.slice(place + 1)}`;
  return `${token.slice(0, place)}${old === 'A' ? 'B' : 'A'}${token.slice(place + 1)}`;
}

async function bearerToken(
  target: Target,
  source: TokenSource,
  { bearer, at }: Fuzzed,
): Promise<string | undefined> {
  if (bearer === 'none') return undefined;
  if (bearer === 'random') return `${at}.${at}.${at}`;
  if (!source.token) return undefined;
  if (bearer === 'read-only') return source.token([target.readTool.scope]);
  const good = await source.token(target.scopes);
  return bearer === 'mutated' ? mutate(good, at) : good;
}

/** What is wrong with an answer to a random request. */
function complaintsOf(target: Target, fuzz: Fuzzed, token: string | undefined, exchange: Exchange): string[] {
  const answer = lastAnswer(exchange);
  const secrets = token === undefined ? [] : token.split('.');
  const complaints = exchange.answers.flatMap((each) => judgeAlways(target, each, secrets));
  if (exchange.end === 'timeout') complaints.push('it hangs');
  const letIn = fuzz.bearer === 'good' || fuzz.bearer === 'read-only';
  if (!letIn && callOf(answer) !== 'not called') complaints.push('it was executed without a good token');
  return complaints;
}

export interface FuzzOptions {
  readonly requests: number;
  readonly seed?: number;
}

/**
 * Sends random requests, each on a connection of its own.
 * @throws Error with the smallest request that is answered wrongly, and the seed to see it again.
 */
export async function fuzz(target: Target, source: TokenSource, options: FuzzOptions): Promise<void> {
  await fc.assert(
    fc.asyncProperty(fuzzed, async (each) => {
      const token = await bearerToken(target, source, each);
      const attack: Attack = token === undefined ? each.attack : { ...each.attack, token };
      const exchange = await send(target.peer, compose(target, attack, ''), { halfClose: true });
      const complaints = complaintsOf(target, each, token, exchange);
      if (complaints.length > 0)
        throw new Error(`${complaints.join('; ')}\n${JSON.stringify(lastAnswer(exchange)).slice(0, 1000)}`);
    }),
    {
      numRuns: options.requests,
      ...(options.seed === undefined ? {} : { seed: options.seed }),
      endOnFailure: false,
    },
  );
}
