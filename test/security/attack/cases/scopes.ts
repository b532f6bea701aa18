import { insufficientPermissions } from '../../../support/contract.ts';
import { envelopeOf } from '../../../support/messages.ts';
import type { Attack, AttackCase, Expectation, Kit, Tool } from '../types.ts';
import { claimsCase, slug } from './shorthand.ts';

/** A 403 that names base and tool scopes, and tells a model too (docs/mcp.md#transport; docs/mcp.md#what-the-sdks-recipes-leave-open, 1). */
const insufficient =
  (tool: (kit: Kit) => Tool) =>
  (kit: Kit): Expectation => ({
    status: 403,
    challenge: 'insufficient_scope',
    scopes: kit.target.scopes,
    body: new RegExp(insufficientPermissions(tool(kit).scope).replaceAll('.', '\\.')),
  });

const writer = (kit: Kit): Tool => kit.target.writeTool;
const reader = (kit: Kit): Tool => kit.target.readTool;

/** Scope claims that do not hold the scope of the tool that writes. */
const claims: ReadonlyArray<readonly [name: string, claims: (kit: Kit) => Record<string, unknown>]> = [
  ['the reading scope alone', ({ target }) => ({ scope: target.readTool.scope })],
  ['no scope claim', () => ({ scope: undefined })],
  ['an empty scope', () => ({ scope: '' })],
  ['a space', () => ({ scope: ' ' })],
  ['the scope in capitals', ({ target }) => ({ scope: target.writeTool.scope.toUpperCase() })],
  ['the scope with a letter more', ({ target }) => ({ scope: `${target.writeTool.scope}x` })],
  ['the scope with a letter before', ({ target }) => ({ scope: `x${target.writeTool.scope}` })],
  ['the scope less a letter', ({ target }) => ({ scope: target.writeTool.scope.slice(0, -1) })],
  ['scopes joined by a comma', ({ target }) => ({ scope: target.scopes.join(',') })],
  ['scopes joined by a tab', ({ target }) => ({ scope: `x\t${target.writeTool.scope}` })],
  ['scopes joined by a line break', ({ target }) => ({ scope: `x\n${target.writeTool.scope}` })],
  ['the scope in quotes', ({ target }) => ({ scope: `"${target.writeTool.scope}"` })],
  ['a star', () => ({ scope: '*' })],
  ['a star for the verb', ({ target }) => ({ scope: target.writeTool.scope.replace(/:.*$/, ':*') })],
  ['the noun alone', ({ target }) => ({ scope: target.writeTool.scope.replace(/:.*$/, '') })],
  ['admin', () => ({ scope: 'admin root all', roles: ['admin'], permissions: ['*'] })],
  ['a number', () => ({ scope: 1 })],
  ['true', () => ({ scope: true })],
  ['null', () => ({ scope: null })],
  ['an object with the scope as key', ({ target }) => ({ scope: { [target.writeTool.scope]: true } })],
  ['a list in a list', ({ target }) => ({ scope: [[target.writeTool.scope]] })],
  ['a list of one string of two', ({ target }) => ({ scope: [`x ${target.writeTool.scope}`] })],
  ['the scope in permissions', ({ target }) => ({ scope: '', permissions: [target.writeTool.scope] })],
  [
    'the scope in authorization_details',
    ({ target }) => ({
      scope: '',
      authorization_details: [{ type: 'scope', value: target.writeTool.scope }],
    }),
  ],
  ['the scope with a zero-width space', ({ target }) => ({ scope: `${target.writeTool.scope}\u200b` })],
  ['__proto__', () => ({ scope: '__proto__ constructor toString' })],
];

const lacking: readonly AttackCase[] = claims.map(([name, of]) =>
  claimsCase(
    `scope/${slug(name)}`,
    `the scopes are: ${name}`,
    'RFC 6750 §3.1; RFC 6749 §3.3; Auth0 express index.test',
    of,
    {
      expect: insufficient(writer),
      oracleDiffers: 'the oracle leaves scopes to the server',
    },
  ),
);

const lackingRead: readonly AttackCase[] = [
  claimsCase(
    'scope/write-does-not-imply-read',
    'the writing scope alone, for the tool that reads',
    'Scalekit: scopes are flat',
    ({ target }) => ({ scope: target.writeTool.scope }),
    { expect: insufficient(reader), oracleDiffers: 'the oracle leaves scopes to the server' },
  ),
].map((attackCase) => ({
  ...attackCase,
  attack: async (kit: Kit) => ({ ...(await attackCase.attack(kit)), body: kit.call(kit.target.readTool) }),
}));

/** The 2026-07-28 form of a call (docs/mcp.md#what-a-resource-server-must-do). */
export function modern(
  kit: Kit,
  tool: Tool,
  headers: Readonly<Record<string, string | undefined>> = {},
): Attack {
  const call = JSON.parse(kit.call(tool)) as { params: Record<string, unknown> };
  const _meta = envelopeOf('attack');
  return {
    body: JSON.stringify({ ...call, params: { ...call.params, _meta } }),
    headers: {
      'MCP-Protocol-Version': '2026-07-28',
      'Mcp-Method': 'tools/call',
      'Mcp-Name': tool.name,
      ...headers,
    },
  };
}

type Row = readonly [
  name: string,
  attack: (kit: Kit) => Attack,
  expect: Expectation | ((kit: Kit) => Expectation),
  source?: string,
];

const notExecuted: Expectation = {
  status: [400, 403, 404, 200],
  call: 'either',
  also: (_, answer) => (/"result"(?!.*"isError":true)/s.test(answer.body) ? 'it was executed' : undefined),
};

/** A read-only token tries to reach the tool that writes, past the scope check. */
const around: readonly Row[] = [
  ['the plain call', () => ({}), insufficient(writer)],
  [
    'the call of 2025-03-26',
    () => ({ headers: { 'MCP-Protocol-Version': '2025-03-26' } }),
    insufficient(writer),
  ],
  [
    'the call of 2025-11-25',
    () => ({ headers: { 'MCP-Protocol-Version': '2025-11-25' } }),
    insufficient(writer),
  ],
  [
    'the call without a version',
    () => ({ headers: { 'MCP-Protocol-Version': undefined } }),
    insufficient(writer),
  ],
  ['the call of 2026-07-28', (kit) => modern(kit, kit.target.writeTool), insufficient(writer)],
  [
    '2026-07-28, Mcp-Name is the tool that reads',
    (kit) => modern(kit, kit.target.writeTool, { 'Mcp-Name': kit.target.readTool.name }),
    { status: [400, 403] },
    'MCP 2026-07-28, headers must match the body',
  ],
  [
    '2026-07-28, Mcp-Method is tools/list',
    (kit) => modern(kit, kit.target.writeTool, { 'Mcp-Method': 'tools/list' }),
    { status: [400, 403] },
    'MCP 2026-07-28, headers must match the body',
  ],
  [
    '2026-07-28 in the body, 2025-06-18 in the header',
    (kit) => modern(kit, kit.target.writeTool, { 'MCP-Protocol-Version': '2025-06-18' }),
    { status: [400, 403] },
    'MCP 2026-07-28, headers must match the body',
  ],
  [
    '2025 with Mcp-Name of the tool that reads',
    (kit) => ({ headers: { 'Mcp-Name': kit.target.readTool.name, 'Mcp-Method': 'tools/list' } }),
    { status: [400, 403] },
  ],
  [
    'a batch',
    (kit) => ({ body: `[${kit.call(kit.target.readTool)},${kit.call()}]` }),
    { status: 400 },
    'seen in a published sample (a batch skips the scope check)',
  ],
  ['a batch of one', (kit) => ({ body: `[${kit.call()}]` }), { status: 400 }, 'seen in a published sample'],
  [
    'the name twice, the reading one first',
    (kit) => ({ body: kit.call().replace('"name":', `"name":"${kit.target.readTool.name}","name":`) }),
    { status: [400, 403] },
    'RFC 8259 §4 (names should be unique)',
  ],
  [
    'the name twice, the reading one last',
    (kit) => ({
      body: kit.call().replace('"arguments":', `"name":"${kit.target.readTool.name}","arguments":`),
    }),
    {
      status: [200, 400, 403],
      call: 'either',
      also: (_, answer) => (/"todo":\{/.test(answer.body) ? 'the tool that writes was executed' : undefined),
    },
    'RFC 8259 §4',
  ],
  [
    'the method twice',
    (kit) => ({ body: kit.call().replace('"method":', '"method":"ping","method":') }),
    { status: [400, 403] },
    'RFC 8259 §4',
  ],
  [
    'params twice',
    (kit) => ({ body: kit.call().replace('"params":', '"params":{"name":"x"},"params":') }),
    { status: [400, 403] },
    'RFC 8259 §4',
  ],
  [
    'the name in capitals',
    (kit) => ({
      body: kit
        .call()
        .replace(`"${kit.target.writeTool.name}"`, `"${kit.target.writeTool.name.toUpperCase()}"`),
    }),
    notExecuted,
  ],
  [
    'the name with a space',
    (kit) => ({
      body: kit.call().replace(`"${kit.target.writeTool.name}"`, `" ${kit.target.writeTool.name}"`),
    }),
    notExecuted,
  ],
  [
    'the name with NUL',
    (kit) => ({
      body: kit.call().replace(`"${kit.target.writeTool.name}"`, `"${kit.target.writeTool.name}\\u0000"`),
    }),
    notExecuted,
  ],
  [
    'the name with a homoglyph',
    (kit) => ({
      body: kit
        .call()
        .replace(`"${kit.target.writeTool.name}"`, `"${kit.target.writeTool.name.replace('o', '\u043e')}"`),
    }),
    notExecuted,
  ],
  [
    'the name written in escapes',
    (kit) => ({
      body: kit
        .call()
        .replace(
          `"${kit.target.writeTool.name}"`,
          `"\\u00${kit.target.writeTool.name.charCodeAt(0).toString(16)}${kit.target.writeTool.name.slice(1)}"`,
        ),
    }),
    insufficient(writer),
  ],
  [
    'the name in a list',
    (kit) => ({
      body: kit.call().replace(`"${kit.target.writeTool.name}"`, `["${kit.target.writeTool.name}"]`),
    }),
    notExecuted,
  ],
  [
    'the name in an object',
    (kit) => ({
      body: kit
        .call()
        .replace(`"${kit.target.writeTool.name}"`, `{"toString":"${kit.target.writeTool.name}"}`),
    }),
    notExecuted,
  ],
  [
    'the name is __proto__',
    (kit) => ({ body: kit.call().replace(`"${kit.target.writeTool.name}"`, '"__proto__"') }),
    notExecuted,
  ],
  [
    'the name is constructor',
    (kit) => ({ body: kit.call().replace(`"${kit.target.writeTool.name}"`, '"constructor"') }),
    notExecuted,
  ],
  [
    'the method in capitals',
    (kit) => ({ body: kit.call().replace('"tools/call"', '"TOOLS/CALL"') }),
    notExecuted,
  ],
  [
    'the method with a slash more',
    (kit) => ({ body: kit.call().replace('"tools/call"', '"tools//call"') }),
    notExecuted,
  ],
  [
    'as a notification',
    (kit) => ({ body: kit.call().replace('"id":1,', '') }),
    { status: [202, 400, 403] },
    'JSON-RPC 2.0 §4.1',
  ],
  [
    'scopes in _meta',
    (kit) => ({
      body: kit
        .call()
        .replace(
          '"params":{',
          `"params":{"_meta":{"scopes":${JSON.stringify(kit.target.scopes)},"authInfo":{"scopes":${JSON.stringify(kit.target.scopes)}}},`,
        ),
    }),
    insufficient(writer),
    'CWE-915',
  ],
  [
    'scopes in the message',
    (kit) => ({
      body: kit
        .call()
        .replace(
          '{',
          `{"scope":"${kit.target.scopes.join(' ')}","auth":{"scopes":${JSON.stringify(kit.target.scopes)}},`,
        ),
    }),
    { status: [400, 403] },
    'CWE-915',
  ],
  [
    'scopes in __proto__',
    (kit) => ({
      body: kit.call().replace('{', `{"__proto__":{"scopes":${JSON.stringify(kit.target.scopes)}},`),
    }),
    { status: [400, 403] },
    'CWE-1321',
  ],
  [
    'scopes in a header',
    (kit) => ({
      headers: {
        'X-Scopes': kit.target.scopes.join(' '),
        'X-OAuth-Scopes': kit.target.scopes.join(' '),
        Scope: kit.target.scopes.join(' '),
      },
    }),
    insufficient(writer),
  ],
  [
    'scopes in the query',
    (kit) => ({ path: `${kit.target.path}?scope=${kit.target.scopes.join('+')}` }),
    { status: [403, 404] },
  ],
  [
    'a task of it',
    (kit) => ({ body: kit.call().replace('"params":{', '"params":{"task":{"ttl":60000},') }),
    { status: [400, 403, 200], call: 'either', also: notExecuted.also as never },
    'MCP 2025-11-25, tasks',
  ],
];

const past: readonly AttackCase[] = around.map(([name, attack, expect, source]) => ({
  id: `scope-check/${slug(name)}`,
  title: `a read-only token: ${name}`,
  source: source ?? 'house rule; MCP authorization',
  needs: 'token',
  attack: async (kit) => ({ ...attack(kit), token: await kit.token([kit.target.readTool.scope]) }),
  expect,
}));

/** What the token has, and what it lacks. */
export const scopeCases: readonly AttackCase[] = [...lacking, ...lackingRead, ...past];
