import { describe, expect, test } from 'vitest';
import { fitArguments, ToolChanged } from '../../src/register/tools.ts';

const string = { type: 'string' };

function fitted(properties: Record<string, unknown>, required: readonly string[], args = {}) {
  return fitArguments({ name: 'a_tool', inputSchema: { properties, required } }, args);
}

describe('arguments in the form that a tool asks for', () => {
  test('takes arguments by any of their names, in the tool’s type', () => {
    const properties = {
      environment_id: string,
      access_token_expiry: string,
      useScalekitAuthentication: { type: 'boolean' },
    };
    expect(
      fitted(properties, ['useScalekitAuthentication'], { environment: 'env_1', tokenExpiry: 60 }),
    ).toEqual({
      environment_id: 'env_1',
      access_token_expiry: '60',
      useScalekitAuthentication: true,
    });
  });

  test('leaves out optional arguments that the tool does not have', () => {
    expect(
      fitted({ environmentId: string }, [], { environment: 'env_1', pageSize: 100, description: 'x' }),
    ).toEqual({
      environmentId: 'env_1',
    });
  });

  test.each([
    ['has no place for the environment', {}, [], { environment: 'env_1' }, 'no longer takes environmentId'],
    [
      'reports an argument that this version does not know',
      { region: string },
      ['region'],
      {},
      'requires region, which this version does not know',
    ],
    ['wants an object', { name: { type: 'object' } }, [], { name: 'x' }, 'wants name in another form'],
  ])('%s', (_title, properties, required, args, reason) => {
    expect(() => fitted(properties, required, args)).toThrow(new ToolChanged('a_tool', reason));
  });
});
