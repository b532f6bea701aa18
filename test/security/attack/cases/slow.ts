import type { Attack, AttackCase, Expectation, Kit } from '../types.ts';
import { slug } from './shorthand.ts';

/** One part a second, for as long as the server lets us. */
function* drops(part: string, count: number): Generator<Uint8Array> {
  for (let i = 0; i < count; i += 1) yield Buffer.from(part);
}

const second = 1000;

/** Headers are cut at 10 s and bodies at 30 s (docs/mcp.md#transport); Node looks every second. */
const cutAfter = (seconds: number): Expectation => ({
  status: [408, 400, 0, 401],
  withinMs: (seconds + 4) * second,
  also: (exchange) => (exchange.end === 'timeout' ? `still open after ${seconds + 5} s` : undefined),
});

const start = ({ target }: Kit): string => `POST ${target.path} HTTP/1.1\r\nHost: ${target.host}\r\n`;

type Row = readonly [
  name: string,
  attack: (kit: Kit) => Attack | Promise<Attack>,
  seconds: number,
  needs?: 'token',
];

const rows: readonly Row[] = [
  ['no byte at all', () => ({ raw: '', send: { timeoutMs: 15 * second } }), 10],
  ['half a request line', () => ({ raw: 'POST /m', send: { timeoutMs: 15 * second } }), 10],
  [
    'headers without end',
    (kit) => ({
      raw: start(kit),
      send: { timeoutMs: 15 * second, more: drops('X-A: b\r\n', 60), pauseMs: second },
    }),
    10,
  ],
  [
    'a header a byte at a time',
    (kit) => ({
      raw: `${start(kit)}X-A: `,
      send: { timeoutMs: 15 * second, more: drops('a', 60), pauseMs: second },
    }),
    10,
  ],
  [
    'our half closed after the headers began',
    (kit) => ({ raw: start(kit), send: { timeoutMs: 15 * second, halfClose: true, more: [] } }),
    10,
  ],
  [
    'a body that never comes',
    async (kit) => ({
      token: await kit.token(),
      headers: { 'Content-Length': '100' },
      body: '{',
      send: { timeoutMs: 36 * second },
    }),
    30,
    'token',
  ],
  [
    'a body a byte at a time',
    async (kit) => ({
      token: await kit.token(),
      headers: { 'Content-Length': '1000' },
      body: '{',
      send: { timeoutMs: 36 * second, more: drops(' ', 100), pauseMs: second },
    }),
    30,
    'token',
  ],
  [
    'chunks a byte at a time',
    async (kit) => ({
      token: await kit.token(),
      headers: { 'Content-Length': undefined, 'Transfer-Encoding': 'chunked' },
      body: '',
      send: { timeoutMs: 36 * second, more: drops('1\r\n \r\n', 100), pauseMs: second },
    }),
    30,
    'token',
  ],
];

/** Clients that take their time. */
export const slowCases: readonly AttackCase[] = rows.map(([name, attack, seconds, needs]) => ({
  id: `slow/${slug(name)}`,
  title: `${needs ? 'a good token' : 'no token'}: ${name}`,
  source: 'house rule: slow headers, half-open connections; CWE-400 (slowloris)',
  needs: needs ?? 'nothing',
  attack,
  expect: cutAfter(seconds),
  slow: true,
}));
