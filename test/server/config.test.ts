import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  checkClientId,
  checkEnvironmentUrl,
  checkMcpUrl,
  checkResourceId,
  localIdentifiers,
} from '../../src/scalekit/index.ts';
import { readEnvironment } from '../../templates/typescript/base/src/protect/config.ts';

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

describe("a server's environment", () => {
  it('is read with defaults for what is left out', () => {
    const { env } = readEnvironment({ ...local, PORT: '' });
    expect(env).toMatchObject({ ...local, PORT: 3002, ALLOWED_HOSTS: [], TRUSTED_PROXIES: 0 });
    expect(env?.HOST).toBeUndefined();
  });

  it('names everything that is missing, at once', () => {
    expect(readEnvironment({ NODE_ENV: 'production' }).problems).toEqual([
      'SCALEKIT_ENVIRONMENT_URL is missing',
      'SCALEKIT_CLIENT_ID is missing',
      'SCALEKIT_RESOURCE_ID is missing',
      'MCP_URL is missing',
    ]);
  });

  it('may lack the client id in development: tokens are verified without it', () => {
    expect(readEnvironment({ ...local, SCALEKIT_CLIENT_ID: '' }).env?.SCALEKIT_CLIENT_ID).toBe('');
  });

  it('names everything that is wrong, at once, beside what is missing', () => {
    const { problems } = readEnvironment({
      NODE_ENV: 'production',
      PORT: '70000',
      SCALEKIT_ENVIRONMENT_URL: 'acme.scalekit.dev',
      SCALEKIT_RESOURCE_ID: 'conn_123',
      MCP_URL: 'ftp://x/',
      TRUSTED_PROXIES: 'one',
    });
    expect(problems?.map((problem) => problem.split(' ')[0])).toEqual([
      'PORT',
      'SCALEKIT_ENVIRONMENT_URL',
      'SCALEKIT_CLIENT_ID',
      'SCALEKIT_RESOURCE_ID',
      'MCP_URL',
      'TRUSTED_PROXIES',
    ]);
  });

  it('is taken in production with real values', () => {
    expect(readEnvironment(production).problems).toBeUndefined();
  });

  it('is refused in production with the local Scalekit and http, naming each', () => {
    const { problems } = readEnvironment({ ...local, NODE_ENV: 'production' });
    expect(problems).toHaveLength(2);
    expect(problems?.[0]).toMatch(/^SCALEKIT_ENVIRONMENT_URL .*local Scalekit/);
    expect(problems?.[1]).toMatch(/^MCP_URL has to be https/);
  });

  it('repeats no value in what it says, since a secret may be in the wrong place', () => {
    const secret = 'skcs_0123456789abcdef';
    const everywhere = Object.fromEntries(Object.keys(local).map((name) => [name, secret]));
    expect(JSON.stringify(readEnvironment(everywhere))).not.toContain(secret);
  });

  it('takes lists apart', () => {
    const { env } = readEnvironment({
      ...local,
      ALLOWED_HOSTS: 'Internal.example:8080, 10.0.0.1 [FD00::1]:3002',
      ALLOWED_ORIGINS: 'https://app.example/',
    });
    expect(env?.ALLOWED_HOSTS).toEqual(['internal.example', '10.0.0.1', '[fd00::1]']);
    expect(env?.ALLOWED_ORIGINS).toEqual(['https://app.example']);
  });
});

/** The server stands on its own, so Scalekit's rules are there once more. These tests hold the two together. */
describe('agrees with the rules of create and doctor about', () => {
  const urls = [
    'http://localhost:3002/',
    'http://localhost:3002',
    'http://localhost:3002/mcp',
    'http://localhost:3002/mcp/',
    'http://127.0.0.1:3002/',
    'http://[::1]:3002/',
    'http://app.localhost/',
    'https://mcp.example.com',
    'https://mcp.example.com/base',
    'https://mcp.example.com/base/mcp',
    'https://mcp.example.com//base/',
    'https://mcp.example.com/?a=b',
    'https://mcp.example.com/?',
    'https://mcp.example.com/#',
    'https://user:pass@mcp.example.com/',
    'http://mcp.example.com/',
    'ftp://mcp.example.com/',
    'mcp.example.com',
    'localhost:3002',
    '/mcp',
    'https://',
    'https:mcp.example.com',
    'res_123',
  ];
  const value = (name: keyof typeof local, text: string) => {
    const result = readEnvironment({ ...local, [name]: text });
    return result.problems ? undefined : result.env[name];
  };
  const checked = (result: { ok: true; value: string } | { ok: false }) =>
    result.ok ? result.value : undefined;

  it.each(urls)('MCP_URL=%s', (text) => {
    expect(value('MCP_URL', text)).toBe(checked(checkMcpUrl(text)));
  });

  it.each(urls)('SCALEKIT_ENVIRONMENT_URL=%s', (text) => {
    expect(value('SCALEKIT_ENVIRONMENT_URL', text)).toBe(checked(checkEnvironmentUrl(text)));
  });

  it('identifiers of every kind', () => {
    const kinds = ['res_', 'skc_', 'prd_skc_', 'conn_', 'app_', 'm2m_', 'skcs_', 'env_', 'usr_', ''];
    fc.assert(
      fc.property(fc.constantFrom(...kinds), fc.stringMatching(/^[\w .-]{1,70}$/), (kind, rest) => {
        const text = (kind + rest).trim();
        fc.pre(text !== '');
        expect(value('SCALEKIT_RESOURCE_ID', text)).toBe(checked(checkResourceId(text)));
        expect(value('SCALEKIT_CLIENT_ID', text)).toBe(checked(checkClientId(text)));
      }),
    );
  });
});
