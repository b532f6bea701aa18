import { describe, expect, test } from 'vitest';
import { checkClientId, checkResourceId, kindOfIdentifier } from '../../src/scalekit/index.ts';
import { outcome } from './outcome.ts';
import { refusedClientIds, refusedResourceIds, takenClientIds, takenResourceIds } from './values.ts';

describe('SCALEKIT_RESOURCE_ID', () => {
  test.each(takenResourceIds)('%j is taken as %s', (text, id) => {
    expect(outcome(checkResourceId(text))).toBe(id);
  });

  test.each(refusedResourceIds)('%j: %s', (text, code) => {
    expect(outcome(checkResourceId(text))).toBe(`✗ resource-id/${code}`);
  });
});

describe('SCALEKIT_CLIENT_ID', () => {
  test.each(takenClientIds)('%s is taken', (id) => {
    expect(outcome(checkClientId(id))).toBe(id);
  });

  test.each(refusedClientIds)('%j: %s', (text, code) => {
    expect(outcome(checkClientId(text))).toBe(`✗ client-id/${code}`);
  });

  test('a secret in its place is named as one, and not shown', () => {
    const checked = checkClientId('test_8fj3kdls93kd8s');
    expect(checked).toMatchObject({ problem: { reason: 'The client id is set to a secret' } });
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
