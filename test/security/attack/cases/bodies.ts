import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import type { Attack, AttackCase, Expectation, Kit } from '../types.ts';
import { ran, slug } from './shorthand.ts';

/** Malformed: a JSON error with status 400, never HTML, a path or a stack (judge.ts sees to that). */
const malformed: Expectation = { status: 400 };
const tooLarge: Expectation = { status: 413 };
const unsupported: Expectation = { status: 415 };
const kilobyte = 1024;

const utf16 = (text: string, bigEndian: boolean): Buffer => {
  const bytes = Buffer.from(`\ufeff${text}`, 'utf16le');
  return bigEndian ? bytes.swap16() : bytes;
};

type BodyRow = readonly [
  name: string,
  body: string | Uint8Array | ((kit: Kit) => string | Uint8Array),
  source?: string,
];

/** Bodies that are not JSON-RPC messages. */
const bodies: readonly BodyRow[] = [
  ['empty', ''],
  ['white space', ' \r\n\t '],
  ['a brace', '{'],
  ['cut in the middle', (kit) => kit.call().slice(0, -5)],
  ['text after the message', (kit) => `${kit.call()} trailing`],
  ['two messages', (kit) => `${kit.call()}${kit.call()}`],
  ['two messages on two lines', (kit) => `${kit.call()}\n${kit.call()}`],
  ['null', 'null'],
  ['true', 'true'],
  ['a number', '1'],
  ['a huge number', '1e999'],
  ['a string', '"tools/call"'],
  ['NaN', 'NaN'],
  ['a trailing comma', '{"jsonrpc":"2.0","id":1,"method":"ping",}'],
  ['single quotes', "{'jsonrpc':'2.0','id':1,'method':'ping'}"],
  ['a comment', '{"jsonrpc":"2.0",/* x */"id":1,"method":"ping"}'],
  ['HTML', '<script>alert(1)</script>'],
  [
    'XML with an entity',
    '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>',
  ],
  ['a form', 'jsonrpc=2.0&method=ping'],
  ['UTF-16, little endian', (kit) => utf16(kit.call(), false), 'RFC 8259 §8.1'],
  ['UTF-16, big endian', (kit) => utf16(kit.call(), true), 'RFC 8259 §8.1'],
  [
    'UTF-32',
    (kit) => Buffer.from([...kit.call()].flatMap((c) => [0, 0, 0, c.charCodeAt(0)])),
    'RFC 8259 §8.1',
  ],
  ['bytes that are no UTF-8', Buffer.from([0x7b, 0x22, 0xc3, 0x28, 0x22, 0x3a, 0x31, 0x7d]), 'RFC 8259 §8.1'],
  ['NUL bytes', Buffer.alloc(100), 'RFC 8259'],
  ['30,000 lists in each other', '['.repeat(30_000) + ']'.repeat(30_000), 'house rule'],
  ['10,000 objects in each other', `${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}`, 'house rule'],
  ['40,000 open brackets', '['.repeat(40_000), 'house rule'],
  [
    'a call whose arguments are 100 levels deep',
    (kit) =>
      kit.call().replace('"arguments":{', `"arguments":{"deep":${'{"a":'.repeat(100)}1${'}'.repeat(100)},`),
    'house rule: depth ≤ 64',
  ],
  ['a batch of one call', (kit) => `[${kit.call()}]`, 'MCP 2025-06-18 (batching removed)'],
  [
    'a batch of two calls',
    (kit) => `[${kit.call()},${kit.call(kit.target.readTool)}]`,
    'MCP 2025-06-18 (batching removed)',
  ],
  [
    'a batch of a call and a notification',
    (kit) => `[{"jsonrpc":"2.0","method":"notifications/initialized"},${kit.call()}]`,
    'MCP 2025-06-18',
  ],
  ['a batch in a batch', (kit) => `[[${kit.call()}]]`, 'MCP 2025-06-18'],
  ['an empty batch', '[]', 'MCP 2025-06-18'],
  [
    'a batch of 10,000',
    (kit) =>
      `[${Array.from({ length: 1000 }, () => '{"jsonrpc":"2.0","id":1,"method":"ping"}').join(',')},${kit.call()}]`,
    'MCP 2025-06-18',
  ],
  ['an object without jsonrpc', '{"id":1,"method":"ping"}', 'JSON-RPC 2.0 §4'],
  ['jsonrpc 1.0', '{"jsonrpc":"1.0","id":1,"method":"ping"}', 'JSON-RPC 2.0 §4'],
  ['jsonrpc a number', '{"jsonrpc":2.0,"id":1,"method":"ping"}', 'JSON-RPC 2.0 §4'],
  ['a method that is a number', '{"jsonrpc":"2.0","id":1,"method":1}', 'JSON-RPC 2.0 §4'],
  ['a method that is a list', '{"jsonrpc":"2.0","id":1,"method":["tools/call"]}', 'JSON-RPC 2.0 §4'],
  [
    'params that are a list',
    '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":["create_todo"]}',
    'JSON-RPC 2.0 §4.2',
  ],
  [
    'params that are a string',
    '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":"create_todo"}',
    'JSON-RPC 2.0 §4.2',
  ],
  ['an id that is an object', '{"jsonrpc":"2.0","id":{},"method":"ping"}', 'JSON-RPC 2.0 §4'],
  [
    'an id that is null',
    '{"jsonrpc":"2.0","id":null,"method":"ping"}',
    'MCP base protocol (id must not be null)',
  ],
  ['an id that is a list', '{"jsonrpc":"2.0","id":[1],"method":"ping"}', 'JSON-RPC 2.0 §4'],
];

/** Some malformed parameters are reported inside JSON-RPC; none may be executed. */
const told: Expectation = {
  status: [400, 200],
  call: 'either',
  also: (_, answer) => (/"result"/.test(answer.body) ? 'it was executed' : undefined),
};
const toldInside = new Set(['params that are a list', 'params that are a string']);

const withToken: readonly AttackCase[] = bodies.map(([name, body, source]) => ({
  id: `body/${slug(name)}`,
  title: `a good token, the body is ${name}`,
  source: source ?? 'house rule; JSON-RPC 2.0',
  needs: 'token',
  attack: async (kit) => ({ body: typeof body === 'function' ? body(kit) : body, token: await kit.token() }),
  expect: toldInside.has(name) ? told : malformed,
}));

const firstTheToken: ReadonlySet<string> = new Set([
  'empty',
  'a brace',
  'UTF-16, little endian',
  '40,000 lists in each other',
  'a batch of one call',
  'HTML',
  'null',
]);

const withoutToken: readonly AttackCase[] = bodies
  .filter(([name]) => firstTheToken.has(name))
  .map(([name, body]) => ({
    id: `body/${slug(name)}-no-token`,
    title: `no token, the body is ${name}: the token is asked for first`,
    source: 'MCP SDK recipes, known defect',
    needs: 'nothing',
    attack: (kit) => ({ body: typeof body === 'function' ? body(kit) : body }),
    expect: { status: 401, challenge: 'no error' },
  }));

/** A message of a given size: a call whose one argument is long. */
const sized = (kit: Kit, bytes: number): string => {
  const call = kit.call();
  return call.replace(/"title":"[^"]*"|"arguments":\{/, (found) =>
    found.startsWith('"title"')
      ? `${found},"description":"${'x'.repeat(bytes - call.length)}"`
      : `${found}"filler":"${'x'.repeat(bytes - call.length)}",`,
  );
};

function* endless(part: string, bytes: number): Generator<Uint8Array> {
  const chunk = Buffer.from(part);
  for (let sent = 0; sent < bytes; sent += chunk.length) yield chunk;
}

const chunk = (bytes: number): string => `${bytes.toString(16)}\r\n${'x'.repeat(bytes)}\r\n`;
const chunked = { 'Content-Length': undefined, 'Transfer-Encoding': 'chunked' } as const;
/** What the system's socket buffers may swallow before the server says anything, in bytes. */
const buffers = 8 * kilobyte * kilobyte;
const many = 64 * kilobyte * kilobyte;

type SizeRow = readonly [name: string, attack: (kit: Kit) => Attack, expect: Expectation];

const sizes: readonly SizeRow[] = [
  ['300 KB', (kit) => ({ body: sized(kit, 300 * kilobyte) }), tooLarge],
  ['10 MB', (kit) => ({ body: sized(kit, 10 * kilobyte * kilobyte) }), tooLarge],
  [
    '10 MB announced and not sent',
    () => ({ body: '{"a":', headers: { 'Content-Length': '10485760' } }),
    tooLarge,
  ],
  [
    'an announced length of 20 digits',
    () => ({ body: '{"a":', headers: { 'Content-Length': '99999999999999999999' } }),
    { status: [413, 400] },
  ],
  [
    'chunked without end',
    () => ({ headers: chunked, body: '', send: { more: endless(chunk(64 * kilobyte), many) } }),
    { ...tooLarge, takesAtMost: buffers },
  ],
  [
    'chunked, 1 MB in chunks of one byte',
    () => ({
      headers: chunked,
      body: '',
      send: { more: endless(chunk(1).repeat(10_000), kilobyte * kilobyte * 6) },
    }),
    { ...tooLarge, takesAtMost: buffers },
  ],
  [
    'a chunk of 4 GB announced',
    () => ({
      headers: chunked,
      body: 'ffffffff\r\n{',
      send: { more: endless('x'.repeat(64 * kilobyte), many) },
    }),
    { ...tooLarge, takesAtMost: buffers },
  ],
];

/** As real clients send it: a connection that is closed in the middle of a body may be reset before the answer is read. */
const keptAlive = (attack: Attack): Attack => ({
  ...attack,
  headers: { ...attack.headers, Connection: 'keep-alive' },
});

const sizeCases: readonly AttackCase[] = sizes.flatMap(([name, attack, expect]) => [
  {
    id: `size/${slug(name)}`,
    title: `a good token, the body is ${name}`,
    source: 'house rule: length ≤ 64 KB, counted while reading',
    needs: 'token',
    attack: async (kit) => ({ ...keptAlive(attack(kit)), token: await kit.token() }),
    expect,
  } satisfies AttackCase,
  {
    id: `size/${slug(name)}-no-token`,
    title: `no token, the body is ${name}: 401 first, without reading it`,
    source: 'house rule: without a token 401 first',
    needs: 'nothing',
    attack: (kit) => keptAlive(attack(kit)),
    expect: {
      status: name.endsWith('20 digits') ? [401, 400] : 401,
      takesAtMost: 2 * buffers,
    },
  } satisfies AttackCase,
]);

const bomb = gzipSync(Buffer.alloc(50 * kilobyte * kilobyte, '{"a":'));
const encodings: ReadonlyArray<
  readonly [name: string, encoding: string, body: (kit: Kit) => Uint8Array | string]
> = [
  ['gzip', 'gzip', (kit) => gzipSync(kit.call())],
  ['a gzip bomb of 50 MB', 'gzip', () => bomb],
  ['x-gzip', 'x-gzip', (kit) => gzipSync(kit.call())],
  ['deflate', 'deflate', (kit) => deflateSync(kit.call())],
  ['br', 'br', (kit) => brotliCompressSync(kit.call())],
  ['gzip twice', 'gzip, gzip', (kit) => gzipSync(gzipSync(kit.call()))],
  ['unknown', 'rot13', (kit) => kit.call()],
  ['GZIP in capitals', 'GZIP', (kit) => gzipSync(kit.call())],
];

const encodingCases: readonly AttackCase[] = encodings.map(([name, encoding, body]) => ({
  id: `encoding/${slug(name)}`,
  title: `a good token, Content-Encoding: ${name}`,
  source: 'house rule: content encoding refused; RFC 9110 §15.5.16',
  needs: 'token',
  attack: async (kit) => ({
    token: await kit.token(),
    body: body(kit),
    headers: { 'Content-Encoding': encoding },
  }),
  expect: unsupported,
}));

const mediaTypes: ReadonlyArray<readonly [type: string | undefined, expect: Expectation]> = [
  [undefined, { status: [415, 400] }],
  ['', { status: [415, 400] }],
  ['text/plain', unsupported],
  ['text/json', { status: [415, 400] }],
  ['application/x-www-form-urlencoded', unsupported],
  ['multipart/form-data; boundary=x', unsupported],
  ['application/xml', unsupported],
  ['application/jsonp', unsupported],
  ['text/plain; application/json', { status: [415, 400] }],
  ['application/json, text/plain', { status: [415, 400] }],
  ['application/json; charset=utf-8', ran],
  ['APPLICATION/JSON', ran],
];

const mediaTypeCases: readonly AttackCase[] = mediaTypes.map(([type, expect]) => ({
  id: `media-type/${slug(type ?? 'absent') || 'empty'}${type === 'APPLICATION/JSON' ? '-capitals' : ''}`,
  title: `a good token, Content-Type: ${type ?? 'absent'}`,
  source: 'RFC 9110 §15.5.16; Fetch standard (a simple request needs no preflight)',
  needs: 'token',
  attack: async (kit) => ({ token: await kit.token(), headers: { 'Content-Type': type } }),
  expect,
}));

/** The body of a request: what it is, how large, how packed. */
export const bodyCases: readonly AttackCase[] = [
  ...withToken,
  ...withoutToken,
  ...sizeCases,
  ...encodingCases,
  ...mediaTypeCases,
];
