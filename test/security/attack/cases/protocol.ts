import { envelopeOf } from '../../../support/messages.ts';
import type { Attack, AttackCase, Expectation, Kit } from '../types.ts';
import { modern } from './scopes.ts';
import { ran, slug } from './shorthand.ts';

type Row = readonly [name: string, attack: (kit: Kit) => Attack, expect: Expectation, source?: string];

const message = (method: string, params: unknown = {}, id: unknown = 1): string =>
  JSON.stringify({ jsonrpc: '2.0', id, method, params });

const noResult: Expectation['also'] = (_, answer) =>
  /"result"/.test(answer.body) ? 'it was executed' : undefined;

/** What even a good token may not do, and what it may. */
const rows: readonly Row[] = [
  ['the call of today', () => ({}), ran],
  ['the call of 2026-07-28', (kit) => modern(kit, kit.target.readTool), ran, 'MCP 2026-07-28'],
  [
    'the call of 2025-03-26',
    () => ({ headers: { 'MCP-Protocol-Version': '2025-03-26' } }),
    ran,
    'MCP 2025-03-26',
  ],
  [
    'the call of 2025-11-25',
    () => ({ headers: { 'MCP-Protocol-Version': '2025-11-25' } }),
    ran,
    'MCP 2025-11-25',
  ],
  [
    'server/discover',
    () => ({
      body: message('server/discover', {
        _meta: envelopeOf('attack'),
      }),
      headers: { 'MCP-Protocol-Version': '2026-07-28', 'Mcp-Method': 'server/discover' },
    }),
    ran,
    'MCP 2026-07-28, server/discover',
  ],
  [
    'a version of the past',
    () => ({ headers: { 'MCP-Protocol-Version': '1999-01-01' } }),
    { status: 400 },
    'MCP transports, protocol version header',
  ],
  [
    'a version of the future',
    () => ({ headers: { 'MCP-Protocol-Version': '2099-01-01' } }),
    { status: 400 },
    'MCP transports, protocol version header',
  ],
  [
    'a version that is no date',
    () => ({ headers: { 'MCP-Protocol-Version': '__proto__' } }),
    { status: 400 },
    'MCP transports, protocol version header',
  ],
  [
    'a version of 8 KB',
    () => ({ headers: { 'MCP-Protocol-Version': '2'.repeat(8000) } }),
    { status: [400, 431] },
    'MCP transports, protocol version header',
  ],
  [
    'two versions',
    () => ({ lines: ['MCP-Protocol-Version: 2026-07-28'] }),
    { status: 400 },
    'MCP transports, protocol version header',
  ],
  [
    '2026-07-28 without Mcp-Method',
    (kit) => modern(kit, kit.target.readTool, { 'Mcp-Method': undefined }),
    { status: 400, body: /-32020/ },
    'MCP 2026-07-28, -32020',
  ],
  [
    '2026-07-28 without Mcp-Name',
    (kit) => modern(kit, kit.target.readTool, { 'Mcp-Name': undefined }),
    { status: 400, body: /-32020/ },
    'MCP 2026-07-28, -32020',
  ],
  [
    '2026-07-28 with a foreign Mcp-Name',
    (kit) => modern(kit, kit.target.readTool, { 'Mcp-Name': 'x' }),
    { status: 400, body: /-32020/ },
    'MCP 2026-07-28, -32020',
  ],
  [
    '2026-07-28 with a foreign Mcp-Method',
    (kit) => modern(kit, kit.target.readTool, { 'Mcp-Method': 'tools/list' }),
    { status: 400, body: /-32020/ },
    'MCP 2026-07-28, -32020',
  ],
  [
    '2099-01-01 in the envelope',
    (kit) => {
      const { body, headers } = modern(kit, kit.target.readTool, { 'MCP-Protocol-Version': '2099-01-01' });
      return { body: String(body).replace('2026-07-28', '2099-01-01'), ...(headers && { headers }) };
    },
    { status: 400, body: /-32022/ },
    'MCP 2026-07-28, -32022',
  ],
  [
    '2026-07-28, an unknown method',
    () => ({
      body: message('no/such', {
        _meta: envelopeOf('attack'),
      }),
      headers: { 'MCP-Protocol-Version': '2026-07-28', 'Mcp-Method': 'no/such' },
    }),
    { status: 404, body: /-32601/ },
    'MCP 2026-07-28, 404 -32601',
  ],
  [
    'an unknown method',
    () => ({ body: message('no/such') }),
    { status: [200, 404, 400], call: 'either', body: /-32601/ },
    'JSON-RPC 2.0 §5.1',
  ],
  [
    'a method called __proto__',
    () => ({ body: message('__proto__') }),
    { status: [200, 404, 400], call: 'either', also: noResult },
    'CWE-1321',
  ],
  [
    'a method called constructor',
    () => ({ body: message('constructor') }),
    { status: [200, 404, 400], call: 'either', also: noResult },
    'CWE-1321',
  ],
  [
    'a method of 60 KB',
    () => ({ body: message('m'.repeat(60_000)) }),
    {
      status: [200, 404, 400],
      call: 'either',
      also: (exchange, answer) =>
        answer.body.length > 10_000 ? 'the answer repeats it' : noResult?.(exchange, answer),
    },
    'CWE-400',
  ],
  [
    'a call without a name',
    () => ({ body: message('tools/call', { arguments: {} }) }),
    { status: [200, 400], call: 'either', also: noResult },
    'MCP tools',
  ],
  [
    'a call of no tool',
    () => ({ body: message('tools/call', { name: 'no_such_tool', arguments: {} }) }),
    {
      status: [200, 400, 404],
      call: 'either',
      also: (_, answer) =>
        /"result"(?!.*"isError":true)/s.test(answer.body) ? 'it was executed' : undefined,
    },
    'MCP tools',
  ],
  [
    'a call of toString',
    () => ({ body: message('tools/call', { name: 'toString', arguments: {} }) }),
    {
      status: [200, 400, 404],
      call: 'either',
      also: (_, answer) =>
        /"result"(?!.*"isError":true)/s.test(answer.body) ? 'it was executed' : undefined,
    },
    'CWE-1321',
  ],
  [
    'a name that is a path',
    () => ({ body: message('tools/call', { name: '../../etc/passwd', arguments: {} }) }),
    {
      status: [200, 400, 404],
      call: 'either',
      also: (_, answer) =>
        /root:|"result"(?!.*"isError":true)/s.test(answer.body) ? 'it was executed' : undefined,
    },
    'CWE-22',
  ],
  [
    'resources/read of a file',
    () => ({ body: message('resources/read', { uri: 'file:///etc/passwd' }) }),
    {
      status: [200, 400, 404],
      call: 'either',
      also: (_, answer) => (/root:/.test(answer.body) ? 'it read a file' : noResult?.(_, answer)),
    },
    'OWASP MCP Top 10',
  ],
  [
    'sampling sent to a server',
    () => ({ body: message('sampling/createMessage', { messages: [], maxTokens: 1 }) }),
    { status: [200, 400, 404], call: 'either', also: noResult },
    'MCP sampling',
  ],
  [
    'tasks/list',
    () => ({ body: message('tasks/list') }),
    { status: [200, 400, 404], call: 'either', also: noResult },
    'MCP 2025-11-25, tasks',
  ],
  [
    'an answer nobody asked for',
    () => ({ body: '{"jsonrpc":"2.0","id":1,"result":{}}' }),
    { status: [202, 400] },
    'MCP transports',
  ],
  [
    'a notification nobody knows',
    () => ({ body: '{"jsonrpc":"2.0","method":"notifications/no/such"}' }),
    { status: [202, 400] },
    'MCP transports',
  ],
  [
    'an id with CR and LF',
    (kit) => ({ body: kit.call(kit.target.readTool).replace('"id":1', '"id":"a\\r\\nX-Injected: yes"') }),
    { status: 200, call: 'ran', headers: { 'x-injected': null } },
    'house rule',
  ],
  [
    'an id of 60 KB',
    (kit) => ({ body: kit.call(kit.target.readTool).replace('"id":1', `"id":"${'i'.repeat(60_000)}"`) }),
    { status: [200, 400], call: 'either' },
    'CWE-400',
  ],
  [
    'an id of 400 digits',
    (kit) => ({ body: kit.call(kit.target.readTool).replace('"id":1', `"id":${'9'.repeat(400)}`) }),
    { status: [200, 400], call: 'either' },
    'RFC 8259 §6',
  ],
  [
    'a session of someone else',
    (kit) => ({
      headers: { 'Mcp-Session-Id': '0b7e8c1a-6a3c-4a43-9b6b-1a4a7d0b3a11' },
      body: kit.call(kit.target.readTool),
    }),
    { status: [200, 400, 404], call: 'either', headers: { 'mcp-session-id': null } },
    'MCP: a handle is never authentication',
  ],
  [
    'a session with CR and LF in escapes',
    (kit) => ({
      headers: { 'Mcp-Session-Id': 'a%0d%0aX-Injected:%20yes' },
      body: kit.call(kit.target.readTool),
    }),
    { status: [200, 400, 404], call: 'either', headers: { 'x-injected': null } },
    'CWE-113',
  ],
  [
    'a request id with a terminal escape',
    (kit) => ({
      headers: { 'X-Request-Id': 'a\u001b[31mb', 'X-Correlation-Id': 'x' },
      body: kit.call(kit.target.readTool),
    }),
    { status: [200, 400], call: 'either' },
    'CWE-117',
  ],
  [
    'a user agent of odd bytes',
    (kit) => ({ headers: { 'User-Agent': '\u001b]0;x\u0007 \u00ff' }, body: kit.call(kit.target.readTool) }),
    { status: [200, 400], call: 'either' },
    'CWE-117',
  ],
  [
    'the wish for SSE alone',
    (kit) => ({ headers: { Accept: 'text/event-stream' }, body: kit.call(kit.target.readTool) }),
    { status: [200, 406, 400], call: 'either' },
    'MCP transports',
  ],
  [
    'the wish for HTML',
    (kit) => ({ headers: { Accept: 'text/html' }, body: kit.call(kit.target.readTool) }),
    { status: [200, 406, 400], call: 'either' },
    'MCP transports',
  ],
  [
    'an expectation of 100-continue',
    (kit) => ({ headers: { Expect: '100-continue' }, body: kit.call(kit.target.readTool) }),
    ran,
    'RFC 9110 §10.1.1',
  ],
  [
    'an unknown expectation',
    (kit) => ({ headers: { Expect: 'the spanish inquisition' }, body: kit.call(kit.target.readTool) }),
    { status: [417, 200, 400], call: 'either' },
    'RFC 9110 §10.1.1',
  ],
  [
    'a range',
    (kit) => ({ headers: { Range: 'bytes=0-0,1-1,2-2' }, body: kit.call(kit.target.readTool) }),
    ran,
    'RFC 9110 §14.2',
  ],
  [
    'duplicate keys at the top',
    (kit) => ({ body: kit.call(kit.target.readTool).replace('"jsonrpc"', '"jsonrpc":"1.0","jsonrpc"') }),
    { status: [200, 400], call: 'either' },
    'RFC 8259 §4',
  ],
  [
    'a byte order mark',
    (kit) => ({ body: `\ufeff${kit.call(kit.target.readTool)}` }),
    { status: [200, 400], call: 'either' },
    'RFC 8259 §8.1',
  ],
  [
    '__proto__ in the message',
    (kit) => ({
      body: kit.call(kit.target.readTool).replace('{', '{"__proto__":{"polluted":"attack-marker"},'),
    }),
    {
      status: [200, 400],
      call: 'either',
      also: (_, answer) => (/polluted/.test(answer.body) ? 'it polluted a prototype' : undefined),
    },
    'CWE-1321',
  ],
  [
    '__proto__ in the arguments',
    (kit) => ({
      body: kit
        .call(kit.target.readTool)
        .replace('"arguments":{', '"arguments":{"__proto__":{"polluted":"attack-marker"}'),
    }),
    {
      status: [200, 400],
      call: 'either',
      also: (_, answer) => (/polluted/.test(answer.body) ? 'it polluted a prototype' : undefined),
    },
    'CWE-1321',
  ],
  [
    'constructor.prototype in the arguments',
    (kit) => ({
      body: kit
        .call(kit.target.readTool)
        .replace('"arguments":{', '"arguments":{"constructor":{"prototype":{"polluted":"attack-marker"}}'),
    }),
    {
      status: [200, 400],
      call: 'either',
      also: (_, answer) => (/polluted/.test(answer.body) ? 'it polluted a prototype' : undefined),
    },
    'CWE-1321',
  ],
];

/** JSON-RPC and MCP, in both eras, with a good token. */
export const protocolCases: readonly AttackCase[] = rows.map(([name, attack, expect, source]) => ({
  id: `protocol/${slug(name)}`,
  title: `a good token: ${name}`,
  source: source ?? 'MCP',
  needs: 'token',
  attack: async (kit) => ({ ...attack(kit), token: await kit.token() }),
  expect,
}));
