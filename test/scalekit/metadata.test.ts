import { describe, expect, test } from 'vitest';
import { parseDashboardMetadata } from '../../src/scalekit/index.ts';
import { dashboardMetadata as metadata } from '../support/dashboard-metadata.ts';
import { notesOf, outcome } from './outcome.ts';

const values = {
  environmentUrl: 'https://acme.scalekit.dev',
  resourceId: 'res_123',
  mcpUrl: 'http://localhost:3002/',
  scopes: ['todo:read', 'todo:write'],
};

function parse(changes: Record<string, unknown>) {
  return parseDashboardMetadata(JSON.stringify({ ...metadata, ...changes }));
}

test('one paste gives all four values', () => {
  expect(parse({})).toEqual({ ok: true, value: values, notes: [] });
});

describe('forms of the paste', () => {
  test.each([
    ['indented', JSON.stringify(metadata, null, 2)],
    ['with white space around', `\n  ${JSON.stringify(metadata)}\n\n`],
    ['with a byte order mark', `\ufeff${JSON.stringify(metadata)}`],
    ['with Windows line ends', JSON.stringify(metadata, null, 2).replaceAll('\n', '\r\n')],
  ])('%s', (_, text) => {
    expect(outcome(parseDashboardMetadata(text))).toEqual(values);
  });

  test('the last of two equal keys counts, as in any JSON', () => {
    const text = `{"resource":"https://first.example/",${JSON.stringify(metadata).slice(1)}`;
    expect(outcome(parseDashboardMetadata(text))).toEqual(values);
  });

  test.each([
    ['', 'metadata/json'],
    ['{', 'metadata/json'],
    ["{'resource': 'x'}", 'metadata/json'],
    ['https://acme.scalekit.dev', 'metadata/json'],
    ['null', 'metadata/form'],
    ['[]', 'metadata/form'],
    ['"text"', 'metadata/form'],
    ['{}', 'metadata/issuer'],
  ])('%j: %s', (text, code) => {
    expect(outcome(parseDashboardMetadata(text))).toBe(`✗ ${code}`);
  });
});

describe('what a chat or an editor changed is mended, with a note', () => {
  test.each([
    ['curly quotes', JSON.stringify(metadata).replaceAll('"', '\u201c')],
    ['two kinds of them', JSON.stringify(metadata).replaceAll(/"([^"]*)"/g, '\u201e$1\u201c')],
    ['no-break spaces and curly quotes', JSON.stringify(metadata, null, '\u00a0').replaceAll('"', '\u201d')],
  ])('%s', (_, text) => {
    const parsed = parseDashboardMetadata(text);
    expect(outcome(parsed)).toEqual(values);
    expect(notesOf(parsed)).toEqual(['Curly quotes were read as straight ones.']);
  });

  test('a Markdown fence is dropped without a note', () => {
    const parsed = parseDashboardMetadata(`\`\`\`json\n${JSON.stringify(metadata, null, 2)}\n\`\`\``);
    expect(parsed).toEqual({ ok: true, value: values, notes: [] });
  });

  test('curly quotes inside a right text stay', () => {
    const resource_documentation = 'http://localhost:3002/\u201cdocs\u201d';
    expect(parse({ resource_documentation })).toEqual({ ok: true, value: values, notes: [] });
  });
});

describe('another kind of document is named', () => {
  const issuer = 'https://acme.scalekit.dev/resources/res_123';
  test.each([
    [{ issuer, token_endpoint: `${issuer}/oauth/token` }, "the authorization server's metadata"],
    [{ keys: [] }, "the authorization server's keys"],
    [{ mcpServers: {} }, "an MCP client's configuration"],
    [{ client_id: 'm2m_1', redirect_uris: [] }, "a client's registration"],
    [{ access_token: 'x' }, 'the answer to a token request'],
  ])('%j', (document, name) => {
    const parsed = parseDashboardMetadata(JSON.stringify(document));
    expect(parsed.ok ? '' : parsed.problem.reason).toBe(`This is ${name}, not the Metadata JSON`);
  });

  test("the authorization server's metadata gives the two values that it holds", () => {
    const parsed = parseDashboardMetadata(JSON.stringify({ issuer, token_endpoint: 'x' }));
    expect(parsed.ok ? '' : parsed.problem.expected).toContain(
      '--environment-url https://acme.scalekit.dev --resource-id res_123',
    );
  });

  test.each([
    ['https://acme.scalekit.dev/resources/res_1', 'This is a URL, not the Metadata JSON'],
    ['<!doctype html>', 'This is a web page, not the Metadata JSON'],
    ['MCP_URL=http://localhost:3002/', 'These are lines of an env file, not the Metadata JSON'],
    [`${'eyJ'}hbGciOiJSUzI1NiJ9.e30.x`, 'This is a token, not the Metadata JSON'],
  ])('%s', (text, reason) => {
    const parsed = parseDashboardMetadata(text);
    expect(parsed.ok ? '' : parsed.problem.reason).toBe(reason);
    expect(JSON.stringify(parsed)).not.toContain('hbGci');
  });
});

test('a missing member is not shown as a value', () => {
  const parsed = parseDashboardMetadata('{}');
  expect(parsed.ok ? undefined : parsed.problem.actual).toBe('');
});

describe('authorization_servers', () => {
  const ours = 'https://acme.scalekit.dev/resources/res_123';
  test.each([
    ['text instead of a list', ours],
    ['a slash at the end', [`${ours}/`]],
    ['behind another one', ['https://login.example', ours]],
    ['before another one of the same form', [ours, 'https://b.scalekit.dev/resources/res_9']],
    ['behind something that is no text', [null, 7, ours]],
  ])('%s', (_, servers) => {
    expect(outcome(parse({ authorization_servers: servers }))).toEqual(values);
  });

  test.each([
    [undefined, 'metadata/issuer'],
    [null, 'metadata/issuer'],
    [[], 'metadata/issuer'],
    [['https://acme.scalekit.dev'], 'metadata/issuer'],
    [['https://acme.scalekit.dev/resources/'], 'metadata/issuer'],
    [['/resources/res_123'], 'metadata/issuer'],
    [{ issuer: ours }, 'metadata/issuer'],
    [['http://acme.scalekit.dev/resources/res_123'], 'environment-url/http'],
    [['https://app.scalekit.com/resources/res_123'], 'environment-url/dashboard'],
    [['https://acme.scalekit.dev/x/resources/res_123'], 'environment-url/path'],
    [['acme.scalekit.dev/resources/res_123'], 'environment-url/no-scheme'],
    [['https://acme.scalekit.dev/resources/skc_123'], 'resource-id/other-kind'],
    [['https://acme.scalekit.dev/resources/123'], 'resource-id/form'],
  ])('%j: %s', (servers, code) => {
    expect(outcome(parse({ authorization_servers: servers }))).toBe(`✗ ${code}`);
  });

  test('a custom domain, a region and the local Scalekit are environments too', () => {
    for (const origin of [
      'https://auth.acme.example',
      'https://acme.eu.scalekit.com',
      'http://localhost:4002',
    ])
      expect(outcome(parse({ authorization_servers: [`${origin}/resources/res_123`] }))).toEqual({
        ...values,
        environmentUrl: origin,
      });
  });
});

describe('resource', () => {
  test('is corrected by the rule of MCP_URL, with a note', () => {
    const checked = parse({ resource: 'http://localhost:3000/mcp' });
    expect(outcome(checked)).toMatchObject({ mcpUrl: 'http://localhost:3000/' });
    expect(notesOf(checked)).toEqual([expect.stringContaining('/mcp was removed')]);
  });

  test.each([
    [undefined, 'metadata/resource'],
    [null, 'metadata/resource'],
    [['http://localhost:3002/'], 'metadata/resource'],
    ['', 'mcp-url/empty'],
    ['res_123', 'mcp-url/identifier'],
    ['http://mcp.example.com/', 'mcp-url/http'],
  ])('%j: %s', (resource, code) => {
    expect(outcome(parse({ resource }))).toBe(`✗ ${code}`);
  });

  test('JSON that is nested too deep to be shown is refused like any other', () => {
    const deep = `${'['.repeat(50_000)}${']'.repeat(50_000)}`;
    const text = JSON.stringify({ ...metadata, resource: 0 }).replace('"resource":0', `"resource":${deep}`);
    expect(outcome(parseDashboardMetadata(text))).toBe('✗ metadata/resource');
  });
});

describe('scopes_supported', () => {
  test.each([[undefined], [null], [[]], [['openid', 'offline_access']]])('%j: none', (scopes) => {
    expect(outcome(parse({ scopes_supported: scopes }))).toEqual({ ...values, scopes: undefined });
  });

  test('scopes of the authorization server are left out', () => {
    expect(outcome(parse({ scopes_supported: ['openid', 'a:b', 'offline_access'] }))).toMatchObject({
      scopes: ['a:b'],
    });
  });

  test.each([
    ['todo:read todo:write', 'metadata/scopes'],
    [[1], 'metadata/scopes'],
    [['todo-read'], 'scope/characters'],
    [[''], 'scope/empty'],
  ])('%j: %s', (scopes, code) => {
    expect(outcome(parse({ scopes_supported: scopes }))).toBe(`✗ ${code}`);
  });
});

test('a secret that was pasted instead is not shown', () => {
  expect(JSON.stringify(parseDashboardMetadata('test_a8Fk20dlsPw92kd'))).not.toContain('a8Fk');
});
