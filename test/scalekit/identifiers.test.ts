import { describe, expect, test } from 'vitest';
import { checkClientId, checkResourceId, kindOfIdentifier } from '../../src/scalekit/index.ts';
import { outcome } from './outcome.ts';

describe('SCALEKIT_RESOURCE_ID', () => {
  test.each([
    ['res_123456789', 'res_123456789'],
    [' res_1\n', 'res_1'],
    ['res_AbC1', 'res_AbC1'],
  ])('%j is taken as %s', (text, id) => {
    expect(outcome(checkResourceId(text))).toBe(id);
  });

  test.each([
    ['', 'empty'],
    [' ', 'empty'],
    ['skc_1', 'other-kind'],
    ['prd_skc_1', 'other-kind'],
    ['app_1', 'other-kind'],
    ['conn_1', 'other-kind'],
    ['env_1', 'other-kind'],
    ['m2m_1', 'other-kind'],
    ['test_abcdef', 'other-kind'],
    ['res_', 'form'],
    ['res_1 2', 'form'],
    ['res_1\u200b', 'form'],
    ['res_1/../keys', 'form'],
    [`res_${'1'.repeat(65)}`, 'form'],
    ['RES_1', 'form'],
    ['1234', 'form'],
    ['https://x.scalekit.dev/resources/res_1', 'form'],
    ['res_your_resource_id', 'placeholder'],
    ['mcp_server_id', 'placeholder'],
    ['res_...', 'placeholder'],
    ['res_xxx', 'placeholder'],
    ['<resource id>', 'placeholder'],
  ])('%j: %s', (text, code) => {
    expect(outcome(checkResourceId(text))).toBe(`✗ resource-id/${code}`);
  });
});

describe('SCALEKIT_CLIENT_ID', () => {
  test.each(['skc_123', 'prd_skc_123', 'dev_skc_1'])('%s is taken', (id) => {
    expect(outcome(checkClientId(id))).toBe(id);
  });

  test.each([
    ['', 'empty'],
    ['res_123', 'other-kind'],
    ['m2m_123', 'other-kind'],
    ['skcs_123456', 'other-kind'],
    ['your_client_id', 'placeholder'],
    ['skc_...', 'placeholder'],
    ['client', 'form'],
    ['skc_a-b', 'form'],
    ['PRD_skc_1', 'form'],
  ])('%j: %s', (text, code) => {
    expect(outcome(checkClientId(text))).toBe(`✗ client-id/${code}`);
  });

  test('a secret in its place is named as one, and not shown', () => {
    const checked = checkClientId('test_8fj3kdls93kd8s');
    expect(checked).toMatchObject({ problem: { reason: 'The client id holds a secret' } });
    expect(JSON.stringify(checked)).not.toContain('8fj3');
  });
});

test.each([
  ['res_1', /resource id/],
  ['skc_1', /client id/],
  ['prd_skc_1', /client id/],
  ['skcs_1', /^a secret$/],
  ['sks_1', /^a secret$/],
  ['m2m_1', /registered client/],
  ['m2morg_1', /organization client/],
  ['conn_1', /connection/],
  ['env_1', /environment id/],
  ['org_1', /organization id/],
  ['usr_1', /user id/],
  ['snk_1', /key id/],
  ['perm_1', /permission/],
  ['app_1', /application/],
])('%s is %s', (id, kind) => {
  expect(kindOfIdentifier(id)).toMatch(kind);
});

test.each(['', 'res', 'resource_1', 'xres_1', 'https://res_1', 'todo:read', '__proto__'])(
  '%j is of no kind',
  (text) => {
    expect(kindOfIdentifier(text)).toBeUndefined();
  },
);
