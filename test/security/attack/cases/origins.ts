import type { Attack, AttackCase, Expectation, Kit } from '../types.ts';
import { ran, slug } from './shorthand.ts';

/** A foreign name: 403, and the variable to set is named (docs/mcp.md#transport). */
const foreign: Expectation = {
  status: 403,
  body: /MCP_URL|ALLOWED_/,
  headers: { 'access-control-allow-origin': null },
};

type Row = readonly [name: string, attack: (kit: Kit) => Attack, expect: Expectation, source?: string];

const host =
  (value: (kit: Kit) => string) =>
  (kit: Kit): Attack => ({ headers: { Host: value(kit) } });

const hosts: readonly Row[] = [
  ['another', host(() => 'attacker.example'), foreign],
  ["another with the server's port", host(({ target }) => `attacker.example:${target.peer.port}`), foreign],
  [
    'the right one as a prefix',
    host(({ target }) => `${target.host}.attacker.example`),
    { ...foreign, status: [403, 400] },
  ],
  ['the right one as a suffix', host(({ target }) => `attacker.example.${target.host}`), foreign],
  [
    'behind a user name',
    host(({ target }) => `attacker.example@${target.host}`),
    { ...foreign, status: [403, 400], body: /./ },
    'Auth0 express index.test',
  ],
  [
    'before a user name',
    host(({ target }) => `${target.host}@attacker.example`),
    { ...foreign, status: [403, 400], body: /./ },
  ],
  [
    'with a path and a query',
    host(({ target }) => `${target.host}/?x=`),
    { status: [403, 400] },
    'Auth0 express index.test FT-1',
  ],
  [
    'with a fragment',
    host(({ target }) => `${target.host}#x`),
    { status: [403, 400] },
    'Auth0 express index.test FT-2',
  ],
  ['two in one', host(({ target }) => `${target.host}, attacker.example`), { status: [403, 400] }],
  ['empty', host(() => ''), { status: [403, 400] }, 'RFC 9112 §3.2'],
  [
    'a name that resolves to this machine',
    host(({ target }) => `127.0.0.1.nip.example:${target.peer.port}`),
    foreign,
    'MCP security best practices (DNS rebinding)',
  ],
  [
    'any address',
    host(({ target }) => `0.0.0.0:${target.peer.port}`),
    foreign,
    'MCP security best practices (DNS rebinding)',
  ],
  [
    'a number for an address',
    host(({ target }) => `2130706433:${target.peer.port}`),
    foreign,
    'MCP security best practices (DNS rebinding)',
  ],
  ['with a byte above ASCII', host(({ target }) => `\u00e9${target.host}`), { status: [403, 400] }],
  ['absent', () => ({ headers: { Host: undefined } }), { status: [400, 403] }, 'RFC 9112 §3.2'],
  ['doubled', () => ({ lines: ['Host: attacker.example'] }), { status: [400, 403] }, 'RFC 9112 §3.2'],
  [
    'doubled, the foreign one first',
    ({ target }) => ({ headers: { Host: 'attacker.example' }, lines: [`Host: ${target.host}`] }),
    { status: [400, 403] },
    'RFC 9112 §3.2',
  ],
];

const hostCases: readonly AttackCase[] = hosts.map(([name, attack, expect, source]) => ({
  id: `host/${slug(name)}`,
  title: `a good token, Host is ${name}`,
  source: source ?? 'house rule; CVE-2025-66414 (DNS rebinding)',
  needs: 'token',
  attack: async (kit) => ({ ...attack(kit), token: await kit.token() }),
  expect,
}));

const origins: ReadonlyArray<readonly [name: string, origin: (kit: Kit) => string]> = [
  ['another', () => 'https://attacker.example'],
  ['null', () => 'null'],
  ['the right one as a prefix', ({ target }) => `${target.origin}.attacker.example`],
  [
    'the right one as a user name',
    ({ target }) => target.origin.replace('://', '://localhost@').replace(/@.*/, '@attacker.example'),
  ],
  ['localhost as a prefix', () => 'http://localhost.attacker.example'],
  ['localhost as a suffix', () => 'http://attackerlocalhost'],
  ['a file', () => 'file://'],
  ['a browser extension', () => 'chrome-extension://abcdefghijklmnopabcdefghijklmnop'],
  ['two in one', ({ target }) => `${target.origin} https://attacker.example`],
  ['with a path', () => 'https://attacker.example/x'],
  ['no URL', () => 'attacker'],
];

const originCases: readonly AttackCase[] = origins.flatMap(([name, origin]) => [
  {
    id: `origin/${slug(name)}`,
    title: `a good token, Origin is ${name}`,
    source: 'MCP transports, "Origin validated (403)"',
    needs: 'token',
    attack: async (kit) => ({ headers: { Origin: origin(kit) }, token: await kit.token() }),
    expect: foreign,
  },
  {
    id: `preflight/${slug(name)}`,
    title: `a preflight, Origin is ${name}`,
    source: 'Fetch standard, CORS protocol',
    needs: 'nothing',
    attack: (kit) => ({
      method: 'OPTIONS',
      headers: {
        Origin: origin(kit),
        'Access-Control-Request-Method': 'POST',
        'Access-Control-Request-Headers': 'authorization,content-type',
      },
    }),
    expect: { status: [403, 204, 200], headers: { 'access-control-allow-origin': null } },
  } satisfies AttackCase,
]);

const exposed = /(?=.*www-authenticate)(?=.*mcp-session-id)(?=.*mcp-protocol-version)/i;
const allowed =
  /(?=.*authorization)(?=.*content-type)(?=.*accept)(?=.*mcp-protocol-version)(?=.*mcp-method)(?=.*mcp-name)(?=.*mcp-session-id)(?=.*last-event-id)/i;

const cors: readonly AttackCase[] = [
  {
    id: 'origin/own',
    title: "a good token from the server's own origin",
    source: 'MCP transports',
    needs: 'token',
    attack: async (kit) => ({ headers: { Origin: kit.target.origin }, token: await kit.token() }),
    expect: (kit) => ({
      ...ran,
      headers: {
        'access-control-allow-origin': new RegExp(`^(?:\\*|${kit.target.origin.replaceAll('.', '\\.')})$`),
      },
    }),
  },
  {
    id: 'origin/own-no-token',
    title: "no token from the server's own origin: a browser may read the challenge",
    source: 'MCP SDK recipes, known defect',
    needs: 'nothing',
    attack: (kit) => ({ headers: { Origin: kit.target.origin } }),
    expect: { status: 401, challenge: 'no error', headers: { 'access-control-expose-headers': exposed } },
  },
  {
    id: 'preflight/own',
    title: "a preflight from the server's own origin, before any token",
    source: 'MCP SDK recipes, known defect',
    needs: 'nothing',
    attack: (kit) => ({
      method: 'OPTIONS',
      headers: {
        Origin: kit.target.origin,
        'Access-Control-Request-Method': 'POST',
        'Access-Control-Request-Headers': 'authorization,content-type,mcp-protocol-version',
      },
    }),
    expect: {
      status: [204, 200],
      headers: { 'access-control-allow-headers': allowed, 'access-control-allow-methods': /POST/ },
    },
  },
  {
    id: 'preflight/credentials',
    title: 'no answer allows credentials to any origin',
    source: 'Fetch standard, CORS protocol',
    needs: 'nothing',
    attack: (kit) => ({
      method: 'OPTIONS',
      headers: { Origin: kit.target.origin, 'Access-Control-Request-Method': 'POST' },
    }),
    expect: { status: [204, 200], headers: { 'access-control-allow-credentials': null } },
  },
  {
    id: 'origin/doubled',
    title: 'a good token and two Origin headers',
    source: 'RFC 6454 §7.3',
    needs: 'token',
    attack: async (kit) => ({
      headers: { Origin: kit.target.origin },
      lines: ['Origin: https://attacker.example'],
      token: await kit.token(),
    }),
    expect: { status: [400, 403] },
  },
  {
    id: 'host/forwarded',
    title: 'no token: X-Forwarded-Host and its relatives change nothing in the challenge',
    source: 'MCP SDK recipes, known defect',
    needs: 'nothing',
    attack: () => ({
      headers: {
        'X-Forwarded-Host': 'attacker.example',
        'X-Forwarded-Proto': 'https',
        'X-Forwarded-Port': '443',
        'X-Forwarded-Prefix': '/evil',
        Forwarded: 'host=attacker.example;proto=https',
        'X-Host': 'attacker.example',
      },
    }),
    // judge.ts compares resource_metadata byte for byte.
    expect: { status: 401, challenge: 'no error' },
  },
];

/** Requests by Host and Origin. */
export const originCasesAll: readonly AttackCase[] = [...hostCases, ...originCases, ...cors];
