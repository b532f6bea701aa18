import { describe, expect, test } from 'vitest';
import {
  type Reading,
  readCredentials,
  readEnvironments,
  readRegistered,
  readScopes,
  readServers,
} from '../../src/register/prose.ts';

function value<T>(reading: Reading<T>): T | string {
  return reading.kind === 'read' ? reading.value : reading.kind;
}

const development = {
  id: 'env_1',
  name: 'Dev | one',
  type: 'development',
  domain: 'acme.scalekit.dev',
  customDomain: undefined,
};

describe('environments', () => {
  test('reads a line for each, and the next page', () => {
    const text =
      'Total environments: 2\n\nID: env_1 | Name: Dev | one | Type: DEV | Domain: acme.scalekit.dev | Custom Domain: N/A | Custom Domain Status: N/A\nID: env_2 | Name: N/A | Type: PRD | Domain: acme.scalekit.com | Custom Domain: auth.acme.com | Custom Domain Status: ACTIVE\nNext page token: 2';
    expect(value(readEnvironments(text))).toEqual({
      items: [
        development,
        {
          id: 'env_2',
          name: 'env_2',
          type: 'production',
          domain: 'acme.scalekit.com',
          customDomain: 'auth.acme.com',
        },
      ],
      next: '2',
    });
  });

  test.each([
    ['as an earlier version wrote them', 'Available environments:\nenv_1 (Dev)\nenv_2'],
    ['as a list of another order', '- Name: Dev | ID: env_1\n- Name: Two | ID: env_2'],
  ])('%s: of unknown type', (_title, text) => {
    const read = value(readEnvironments(text));
    expect(typeof read === 'string' ? read : read.items.map(({ id, type }) => [id, type])).toEqual([
      ['env_1', 'unknown'],
      ['env_2', 'unknown'],
    ]);
  });

  test.each([
    ['Total environments: 0\n\n\nNo more pages.', { items: [], next: undefined }],
    ['Failed to fetch environments. Please try again later.', 'failure'],
    ['Your session is terminated, please restart your client', 'failure'],
    ['Hello', 'unreadable'],
    ['', 'unreadable'],
  ])('%o', (text, expected) => {
    expect(value(readEnvironments(text))).toEqual(expected);
  });
});

test.each([
  [
    'SCALEKIT_ENVIRONMENT_URL=https://acme.scalekit.dev\nSCALEKIT_CLIENT_ID=prd_skc_7\nSCALEKIT_CLIENT_SECRET=<retrieve from dashboard>',
    { environmentUrl: 'https://acme.scalekit.dev', clientId: 'prd_skc_7' },
  ],
  ['SCALEKIT_ENVIRONMENT_URL="https://acme.scalekit.dev/"', { environmentUrl: 'https://acme.scalekit.dev' }],
  ['SCALEKIT_ENVIRONMENT_URL=https://\nSCALEKIT_CLIENT_ID=skc_7', { clientId: 'skc_7' }],
  ['SCALEKIT_CLIENT_ID=undefined', 'unreadable'],
  ['Failed to fetch environment credentials. Please try again later.', 'failure'],
])('credentials: %o', (text, expected) => {
  const read = value(readCredentials(text));
  if (typeof expected === 'string') expect(read).toBe(expected);
  else expect(read).toEqual({ environmentUrl: undefined, clientId: undefined, ...expected });
});

test.each([
  [
    'Available scopes:\nName: todo:read\nDescription: Read: all\n\nName: x\nDescription: \n',
    [
      { name: 'todo:read', description: 'Read: all' },
      { name: 'x', description: '' },
    ],
  ],
  ['1. Name: a | Description: b', [{ name: 'a', description: 'b' }]],
  ['No scopes found for this environment.', []],
  ['Failed to fetch scopes', 'failure'],
  ['Scopes are great', 'unreadable'],
])('scopes: %o', (text, expected) => {
  expect(value(readScopes(text))).toEqual(expected);
});

describe('MCP servers', () => {
  const line =
    'Name: Todo, with ID: comma, ID: res_1, Resource ID: http://localhost:3002/, Description: a, b, Access Token Expiry: 300, Using Scalekit Authentication: Yes';

  test('entries, with commas and labels in names', () => {
    const text = `Registered MCP Servers:\n#1, ${line.replace('ID: comma', 'a comma')}\n\n#2, Name: Old, ID: app_2, Resource ID: https://x.example/mcp, Description: N/A, Access Token Expiry: N/A, Using Scalekit Authentication: No, Provider: OKTA\n\nNext Page Token: abc=`;
    expect(value(readServers(text))).toEqual({
      items: [
        { id: 'res_1', name: 'Todo, with a comma', url: 'http://localhost:3002/', usesScalekit: true },
        { id: 'app_2', name: 'Old', url: 'https://x.example/mcp', usesScalekit: false },
      ],
      next: 'abc=',
    });
  });

  test('reads slightly different wording', () => {
    const text = '1. Name: Todo | ID: res_1 | Server URL: http://localhost:3002/';
    expect(value(readServers(text))).toMatchObject({
      items: [{ id: 'res_1', url: 'http://localhost:3002/' }],
    });
  });

  test.each([
    ['No registered MCP servers found.', { items: [], next: undefined }],
    ['Failed to fetch MCP servers. Please try again later.', 'failure'],
    // One that cannot be read may be ours.
    [`#1, ${line}\n\n#2, Name: Todo, ID: hidden`, 'unreadable'],
    ['A table', 'unreadable'],
  ])('%o', (text, expected) => {
    expect(value(readServers(text))).toEqual(expected);
  });
});

test.each([
  ['MCP server "Todo" with id res_9 has been successfully registered with resourceMetadata: {}', 'res_9'],
  ['Failed to register mcp server. Please try again.', 'failure'],
  ['Invalid URL(s) passed: x', 'failure'],
  ['Done', 'unreadable'],
])('registered: %o', (text, expected) => {
  expect(value(readRegistered(text))).toBe(expected);
});
