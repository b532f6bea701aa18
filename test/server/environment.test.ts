import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type Checked,
  checkClientId,
  checkEnvironmentUrl,
  checkMcpUrl,
  checkPort,
  checkResourceId,
  localIdentifiers,
} from '../../src/scalekit/index.ts';
import { readEnvironment } from '../../src/server/environment.ts';
import type { Settings } from '../../src/server/settings.ts';
import * as values from '../scalekit/values.ts';

const local = {
  PORT: '3002',
  SCALEKIT_ENVIRONMENT_URL: 'http://localhost:4002',
  SCALEKIT_CLIENT_ID: localIdentifiers.clientId,
  SCALEKIT_RESOURCE_ID: localIdentifiers.resourceId,
  MCP_URL: 'http://localhost:3002/',
};
const production = {
  ...local,
  NODE_ENV: 'production',
  SCALEKIT_ENVIRONMENT_URL: 'https://acme.scalekit.dev',
  MCP_URL: 'https://mcp.acme.example/',
};

type Texts = Readonly<Record<string, string | undefined>>;

function read(from: Texts): { readonly env?: Settings; readonly problems: readonly string[] } {
  const result = readEnvironment(from, {});
  return 'problems' in result ? result : { env: result.env, problems: [] };
}

describe("a server's environment", () => {
  it('is read with defaults for what is missing', () => {
    const { env } = read({ ...local, PORT: '' });
    expect(env).toMatchObject({ ...local, PORT: 3002, ALLOWED_HOSTS: [], TRUSTED_PROXIES: 0 });
    expect(env?.HOST).toBeUndefined();
  });

  it('lists everything that is missing at once, with what belongs there', () => {
    const { problems } = read({ NODE_ENV: 'production' });
    expect(problems.map((problem) => problem.split('. ')[0])).toEqual([
      'SCALEKIT_ENVIRONMENT_URL is missing',
      'SCALEKIT_RESOURCE_ID is missing',
      'MCP_URL is missing',
    ]);
    expect(problems[1]).toContain('Dashboard > MCP Servers');
  });

  it('needs no client id, not even in production', () => {
    const { env } = read({ ...production, SCALEKIT_CLIENT_ID: '' });
    expect(env?.MCP_URL).toBe(production.MCP_URL);
    expect(env?.SCALEKIT_CLIENT_ID).toBeUndefined();
  });

  it('lists everything that is wrong at once: variable, value, reason, what was expected', () => {
    const { problems } = read({
      NODE_ENV: 'production',
      PORT: '70000',
      SCALEKIT_ENVIRONMENT_URL: 'acme.scalekit.dev',
      SCALEKIT_CLIENT_ID: 'res_123',
      SCALEKIT_RESOURCE_ID: 'conn_123',
      MCP_URL: 'ftp://x/',
      TRUSTED_PROXIES: 'one',
    });
    expect(problems).toEqual([
      'PORT is `70000`: This is not a port. Expected: a whole number from 1 to 65535.',
      expect.stringMatching(/^SCALEKIT_ENVIRONMENT_URL is `acme.scalekit.dev`: .* has no scheme/),
      expect.stringMatching(/^SCALEKIT_CLIENT_ID is `res_123`: The client id is set to a resource id/),
      expect.stringMatching(/^SCALEKIT_RESOURCE_ID is `conn_123`: The resource id is set to a connection id/),
      expect.stringMatching(/^MCP_URL is `ftp:\/\/x\/`: MCP_URL has the scheme ftp:/),
      expect.stringMatching(/^TRUSTED_PROXIES is `one`: .* from 0 to 10\.$/),
    ]);
  });

  it('is accepted in production with real values', () => {
    expect(read(production).problems).toEqual([]);
  });

  it.each(['NODE_ENV', 'APP_ENV'])('is refused with %s=production, the local Scalekit and http', (name) => {
    const { problems } = read({ ...local, [name]: 'production' });
    expect(problems).toHaveLength(2);
    expect(problems[0]).toMatch(
      /^SCALEKIT_ENVIRONMENT_URL is `http:\/\/localhost:4002`: leads to the local Scalekit/,
    );
    expect(problems[1]).toMatch(/^MCP_URL is `http:\/\/localhost:3002\/`: is http\. Expected: https/);
  });

  it('does not show a secret in the wrong place', () => {
    const secret = 'skcs_0123456789abcdef';
    const everywhere = Object.fromEntries(Object.keys(local).map((name) => [name, secret]));
    const { problems } = read(everywhere);
    expect(problems).toHaveLength(5);
    expect(problems.join()).not.toContain('0123456789');
    expect(read({ ...local, MCP_URL: 'https://me:hunter2@x.example/' }).problems.join()).not.toContain(
      'hunter2',
    );
  });

  it.each([
    ['"3002"', /^PORT is `"3002"`: .* The quotes have become part of the value/],
    ["'3002'", /^PORT is `'3002'`: .* The quotes have become/],
    ['3002 # the port', /^PORT is `3002 # the port`: .* What follows the # has become part of the value/],
  ])('explains values that docker run --env-file has changed: %s', (text, message) => {
    expect(read({ ...local, PORT: text }).problems).toEqual([expect.stringMatching(message)]);
  });

  it('notes what was corrected', () => {
    const result = readEnvironment({ ...local, MCP_URL: 'http://localhost:3002/mcp' }, {});
    expect(result).toMatchObject({ notes: [expect.stringContaining('/mcp was removed from MCP_URL')] });
  });

  it('splits lists', () => {
    const { env } = read({
      ...local,
      ALLOWED_HOSTS: 'Internal.example:8080, 10.0.0.1 [FD00::1]:3002',
      ALLOWED_ORIGINS: 'https://app.example/',
    });
    expect(env?.ALLOWED_HOSTS).toEqual(['internal.example', '10.0.0.1', '[fd00::1]']);
    expect(env?.ALLOWED_ORIGINS).toEqual(['https://app.example']);
  });
});

describe("the owner's variables", () => {
  const declarations = {
    WEATHER_API_KEY: 'The key of the weather service.',
    REGION: { description: 'Where to look.', default: 'eu' },
    PROXY: { description: 'A proxy.', optional: true },
  } as const;

  it('are read beside ours, with their defaults', () => {
    const result = readEnvironment({ ...local, WEATHER_API_KEY: ' abc ', PROXY: '' }, declarations);
    expect(result).toMatchObject({ own: { WEATHER_API_KEY: 'abc', REGION: 'eu', PROXY: undefined } });
    if ('problems' in result) return expect.unreachable();
    const region: string = result.env.REGION;
    const proxy: string | undefined = result.env.PROXY;
    // @ts-expect-error: nobody has declared it.
    expect([region, proxy, result.env.OTHER]).toEqual(['eu', undefined, undefined]);
  });

  it('are checked together with ours, and described in errors', () => {
    const result = readEnvironment({ ...local, PORT: 'x' }, declarations);
    expect(result).toEqual({
      problems: [
        expect.stringMatching(/^PORT is `x`/),
        'WEATHER_API_KEY is missing. The key of the weather service.',
      ],
    });
  });

  it('cannot replace ours', () => {
    expect(() => readEnvironment(local, { PORT: 'Mine.' })).toThrow('has a variable PORT of its own');
  });
});

/** One rule, one code: the server judges a value exactly as create, doctor and the local Scalekit do. */
describe('agrees with the rules of create and doctor on', () => {
  const outcomeOf = (name: keyof typeof local, text: string) => {
    const { env, problems } = read({ ...local, [name]: text });
    return env === undefined ? problems : env[name];
  };
  const expected = <T>(name: string, checked: Checked<T>) =>
    checked.ok
      ? checked.value
      : [
          expect.stringContaining(
            `${name} is \`${checked.problem.actual}\`: ${checked.problem.reason}. Expected: `,
          ),
        ];
  const holds = <T>(name: keyof typeof local, text: string, check: (text: string) => Checked<T>) => {
    // An empty variable counts as not set.
    if (text.trim() !== '') expect(outcomeOf(name, text), text).toEqual(expected(name, check(text)));
  };
  const texts = (...tables: ReadonlyArray<ReadonlyArray<unknown>>) =>
    tables.flat().map((row) => String(Array.isArray(row) ? row[0] : row));
  const urls = texts(
    ...[values.takenMcpUrls, values.correctedMcpUrls, values.spacedMcpUrls, values.refusedMcpUrls],
    ...[values.takenEnvironmentUrls, values.refusedEnvironmentUrls],
  );
  const identifiers = texts(
    ...[values.takenResourceIds, values.refusedResourceIds],
    ...[values.takenClientIds, values.refusedClientIds],
  );

  it.each([...urls, ...identifiers])('MCP_URL=%s', (text) => holds('MCP_URL', text, checkMcpUrl));

  it.each([...urls, ...identifiers])('SCALEKIT_ENVIRONMENT_URL=%s', (text) =>
    holds('SCALEKIT_ENVIRONMENT_URL', text, checkEnvironmentUrl),
  );

  it.each([...identifiers, ...urls])('SCALEKIT_RESOURCE_ID=%s', (text) =>
    holds('SCALEKIT_RESOURCE_ID', text, checkResourceId),
  );

  it.each([...identifiers, ...urls])('SCALEKIT_CLIENT_ID=%s', (text) =>
    holds('SCALEKIT_CLIENT_ID', text, checkClientId),
  );

  it.each(texts(values.takenPorts, values.refusedPorts))('PORT=%s', (text) => holds('PORT', text, checkPort));

  it('identifiers of every kind', () => {
    const kinds = ['res_', 'skc_', 'prd_skc_', 'conn_', 'app_', 'm2m_', 'skcs_', 'env_', 'usr_', ''];
    fc.assert(
      fc.property(fc.constantFrom(...kinds), fc.stringMatching(/^[\w .-]{1,70}$/), (kind, rest) => {
        const text = (kind + rest).trim();
        fc.pre(text !== '');
        holds('SCALEKIT_RESOURCE_ID', text, checkResourceId);
        holds('SCALEKIT_CLIENT_ID', text, checkClientId);
      }),
    );
  });
});
