import type { AttackCase, Expectation, Kit } from '../types.ts';
import { slug } from './shorthand.ts';

/** Ambiguous framing: one refusal, and whatever hides behind it is never answered (RFC 9112 §6.3 and §11.2). */
const refusedOnce: Expectation = { status: [400, 401, 408, 413, 501, 0], answersAtMost: 1 };

/** A second request, hidden behind the first; without a token, so that any answer to it would show. */
const hidden = ({ target }: Kit): string =>
  `GET /healthz HTTP/1.1\r\nHost: ${target.host}\r\nX-Smuggled: yes\r\nConnection: close\r\n\r\n`;

const head = (kit: Kit, lines: readonly string[]): string =>
  [
    `POST ${kit.target.path} HTTP/1.1`,
    `Host: ${kit.target.host}`,
    'Content-Type: application/json',
    ...lines,
    '',
    '',
  ].join('\r\n');

type Row = readonly [name: string, raw: (kit: Kit) => string];

const framings: readonly Row[] = [
  [
    'Content-Length and Transfer-Encoding',
    (kit) => `${head(kit, ['Content-Length: 6', 'Transfer-Encoding: chunked'])}0\r\n\r\n${hidden(kit)}`,
  ],
  [
    'Transfer-Encoding and Content-Length',
    (kit) =>
      `${head(kit, ['Transfer-Encoding: chunked', 'Content-Length: 4'])}5c\r\n${hidden(kit)}\r\n0\r\n\r\n`,
  ],
  ['two lengths that differ', (kit) => head(kit, ['Content-Length: 0', 'Content-Length: 100']) + hidden(kit)],
  ['two lengths in one line', (kit) => head(kit, ['Content-Length: 0, 100']) + hidden(kit)],
  ['a length with a plus sign', (kit) => head(kit, ['Content-Length: +0']) + hidden(kit)],
  ['a negative length', (kit) => head(kit, ['Content-Length: -1']) + hidden(kit)],
  ['a hexadecimal length', (kit) => head(kit, ['Content-Length: 0x10']) + hidden(kit)],
  ['a length in exponent form', (kit) => head(kit, ['Content-Length: 1e2']) + hidden(kit)],
  ['a length with a space inside', (kit) => head(kit, ['Content-Length: 1 0']) + hidden(kit)],
  ['an empty length', (kit) => head(kit, ['Content-Length: ']) + hidden(kit)],
  [
    'an unknown transfer coding',
    (kit) => `${head(kit, ['Transfer-Encoding: xchunked'])}0\r\n\r\n${hidden(kit)}`,
  ],
  [
    'chunked, then identity',
    (kit) => `${head(kit, ['Transfer-Encoding: chunked, identity'])}0\r\n\r\n${hidden(kit)}`,
  ],
  [
    'two transfer codings on two lines',
    (kit) => `${head(kit, ['Transfer-Encoding: chunked', 'Transfer-Encoding: x'])}0\r\n\r\n${hidden(kit)}`,
  ],
  [
    'chunked in quotes',
    (kit) => `${head(kit, ['Transfer-Encoding: "chunked"', 'Content-Length: 5'])}0\r\n\r\n${hidden(kit)}`,
  ],
  [
    'a space before the colon',
    (kit) => `${head(kit, ['Transfer-Encoding : chunked', 'Content-Length: 5'])}0\r\n\r\n${hidden(kit)}`,
  ],
  [
    'a vertical tab before chunked',
    (kit) => `${head(kit, ['Transfer-Encoding:\u000bchunked', 'Content-Length: 5'])}0\r\n\r\n${hidden(kit)}`,
  ],
  [
    'a chunk size that is no number',
    (kit) => `${head(kit, ['Transfer-Encoding: chunked'])}zz\r\n{}\r\n0\r\n\r\n${hidden(kit)}`,
  ],
  [
    'a chunk size of 17 digits',
    (kit) => `${head(kit, ['Transfer-Encoding: chunked'])}10000000000000002\r\n{}\r\n0\r\n\r\n${hidden(kit)}`,
  ],
  [
    'a negative chunk size',
    (kit) => `${head(kit, ['Transfer-Encoding: chunked'])}-1\r\n{}\r\n0\r\n\r\n${hidden(kit)}`,
  ],
  [
    'chunks ended by LF alone',
    (kit) => `${head(kit, ['Transfer-Encoding: chunked'])}2\n{}\n0\n\n${hidden(kit)}`,
  ],
  ['NUL in a header', (kit) => head(kit, ['X-A: a\u0000b', 'Content-Length: 0']) + hidden(kit)],
  ['CR in a header', (kit) => head(kit, ['X-A: a\rX-B: b', 'Content-Length: 0']) + hidden(kit)],
  ['a header without a colon', (kit) => head(kit, ['X-A', 'Content-Length: 0']) + hidden(kit)],
  ['a header without a name', (kit) => head(kit, [': a', 'Content-Length: 0']) + hidden(kit)],
  [
    'a space in front of the first header',
    (kit) =>
      `POST ${kit.target.path} HTTP/1.1\r\n Host: ${kit.target.host}\r\nContent-Length: 0\r\n\r\n${hidden(kit)}`,
  ],
  ['junk in front of the request', (kit) => `\u0000\u0001${hidden(kit)}`],
  ['a TLS hello', () => '\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001\u00fc\u0003\u0003'],
];

/** The first request is whole and has no token, so it is answered 401; nothing after a refused request may be answered. */
const ambiguous: readonly AttackCase[] = framings.map(([name, raw]) => ({
  id: `framing/${slug(name)}`,
  title: `no token: ${name}, with a second request hidden behind`,
  source: 'RFC 9112 §6.3, §11.2 (request smuggling)',
  needs: 'nothing',
  attack: (kit) => ({
    raw: Buffer.from(raw(kit), 'latin1'),
    send: { answers: 'close', halfClose: true, more: [] },
  }),
  expect: refusedOnce,
}));

/** Two requests on one connection: the token of the first must not serve the second. */
const pipelined: readonly AttackCase[] = [
  {
    id: 'framing/pipelined-token-does-not-stay',
    title: 'a good token, and behind it on the same connection a call without one',
    source: 'MCP authorization, "a token on every request"',
    needs: 'token',
    attack: async (kit) => {
      const request = (body: string, lines: readonly string[]) =>
        head(kit, [
          'Accept: application/json, text/event-stream',
          'MCP-Protocol-Version: 2025-06-18',
          `Content-Length: ${Buffer.byteLength(body)}`,
          ...lines,
        ]) + body;
      const known = request(kit.call(kit.target.readTool), [`Authorization: Bearer ${await kit.token()}`]);
      return { raw: known + request(kit.call(), ['Connection: close']), send: { answers: 2 } };
    },
    expect: {
      status: 401,
      challenge: 'no error',
      answersAtMost: 2,
      also: (exchange) =>
        exchange.answers[0]?.status === 200 ? undefined : 'the first request was not answered 200',
    },
  },
  {
    id: 'framing/body-longer-than-announced',
    title: 'no token: what follows a body is a request of its own, and has no token either',
    source: 'RFC 9112 §6.3',
    needs: 'nothing',
    attack: (kit) => {
      const body = kit.call();
      return {
        raw: `${head(kit, ['Content-Length: 2'])}{}${head(kit, ['Accept: application/json, text/event-stream', `Content-Length: ${Buffer.byteLength(body)}`, 'Connection: close'])}${body}`,
        send: { answers: 'close' },
      };
    },
    expect: {
      status: [401, 400, 0],
      answersAtMost: 2,
      also: (exchange) =>
        exchange.answers.every(({ status }) => status >= 400) ? undefined : 'one of them was let in',
    },
  },
];

const heads: readonly AttackCase[] = [
  [
    '10,000 headers',
    (kit: Kit) =>
      head(kit, [
        ...Array.from({ length: 10_000 }, (_, i) => `X-${i}: a`),
        'Content-Length: 0',
        'Connection: close',
      ]),
  ],
  [
    'one header of 1 MB',
    (kit: Kit) => head(kit, [`X-A: ${'a'.repeat(1024 * 1024)}`, 'Content-Length: 0', 'Connection: close']),
  ],
  [
    'a header name of 100 KB',
    (kit: Kit) => head(kit, [`${'A'.repeat(100_000)}: a`, 'Content-Length: 0', 'Connection: close']),
  ],
  [
    'a request line of 1 MB',
    (kit: Kit) =>
      head(kit, ['Content-Length: 0', 'Connection: close']).replace(
        kit.target.path,
        `/${'a'.repeat(1024 * 1024)}`,
      ),
  ],
].map(
  ([name, raw]): AttackCase => ({
    id: `framing/${slug(name as string)}`,
    title: `no token: ${name}`,
    source: 'RFC 6585 §5',
    needs: 'nothing',
    attack: (kit) => ({ raw: (raw as (kit: Kit) => string)(kit), send: { answers: 1 } }),
    expect: { status: [431, 400, 401, 414, 0] },
  }),
);

/** Where one request ends and the next begins. */
export const framingCases: readonly AttackCase[] = [...ambiguous, ...pipelined, ...heads];
