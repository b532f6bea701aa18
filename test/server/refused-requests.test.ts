// The requests that are refused: by their web page, body, method or path.
import assert from 'node:assert/strict';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { listTools, send } from '../../src/server/testing/index.ts';
import { envelope } from '../support/messages.ts';
import { lastRefusal, startTestServer, type TestServer, exampleTools as tools } from './support.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());

describe('web pages', () => {
  it('answers the preflight of a page on this machine, without a token', async () => {
    const headers = {
      origin: 'http://localhost:6274',
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'authorization,content-type,mcp-protocol-version,mcp-param-region',
    };
    const answer = await send(server.endpoint, { method: 'OPTIONS', headers });
    assert.equal(answer.status, 204);
    assert.equal(answer.headers['access-control-allow-origin'], headers.origin);
    for (const name of headers['access-control-request-headers'].split(',')) {
      assert.match(answer.headers['access-control-allow-headers'] ?? '', new RegExp(`\\b${name}\\b`));
    }
  });

  it('lets a page on this machine read the challenge', async () => {
    const answer = await send(server.endpoint, {
      headers: { origin: 'http://localhost:6274' },
      body: listTools,
    });
    assert.equal(answer.status, 401);
    assert.equal(answer.headers['access-control-allow-origin'], 'http://localhost:6274');
    assert.match(answer.headers['access-control-expose-headers'] ?? '', /WWW-Authenticate/);
  });

  const foreign: Record<string, Record<string, string>> = {
    'a page of another site': { origin: 'https://evil.example' },
    'a page of no site': { origin: 'null' },
    'a name that somebody made point here': { host: 'evil.example' },
  };
  for (const [name, headers] of Object.entries(foreign)) {
    it(`refuses ${name}, even with a good token`, async () => {
      const answer = await send(server.endpoint, {
        token: await server.scalekit.mint(),
        headers,
        body: listTools,
      });
      assert.equal(answer.status, 403);
      assert.match(answer.json.error.message, /MCP_URL/);
      assert.equal(answer.headers['access-control-allow-origin'], undefined);
    });
  }
});

describe('HTTP', () => {
  const large = JSON.stringify({ ...listTools, params: { x: 'x'.repeat(256 * 1024) } });
  const deep = `{"jsonrpc":"2.0","id":1,"method":"tools/list","params":${'['.repeat(3e4)}${']'.repeat(3e4)}}`;
  const bodies: Record<
    string,
    [status: number, reason: string, body: string, headers?: Record<string, string>]
  > = {
    'more than 256 KB': [413, 'body_size', large],
    'more than 256 KB, in pieces': [413, 'body_size', large, { 'transfer-encoding': 'chunked' }],
    'compressed bytes': [415, 'content_encoding', '…', { 'content-encoding': 'gzip' }],
    'another type': [415, 'content_type', JSON.stringify(listTools), { 'content-type': 'text/plain' }],
    'no JSON': [400, 'json', '{"jsonrpc":'],
    'JSON that is no object': [400, 'not_an_object', 'null'],
    'a batch': [400, 'batch', JSON.stringify([listTools])],
    'deep JSON': [400, 'depth', deep],
    'JSON that is no JSON-RPC': [400, 'protocol', '{}'],
  };
  for (const [name, [status, reason, body, headers = {}]] of Object.entries(bodies)) {
    it(`answers ${status} to ${name}`, async () => {
      const answer = await send(server.endpoint, { token: await server.scalekit.mint(), headers, body });
      assert.equal(answer.status, status);
      assert.equal(answer.json.jsonrpc, '2.0');
      assert.equal(lastRefusal(server)?.reason, reason);
    });

    it(`asks for a token before it reads ${name}`, async () => {
      assert.equal((await send(server.endpoint, { headers, body })).status, 401);
    });
  }

  for (const method of ['GET', 'DELETE', 'PUT']) {
    it(`answers 405 to ${method}`, async () => {
      const answer = await send(server.endpoint, { method, token: await server.scalekit.mint() });
      assert.equal(answer.status, 405);
      assert.match(answer.headers.allow ?? '', /POST/);
    });
  }

  for (const path of ['', '/mcp', 'MCP', 'mcp/', '%6dcp', 'mcp;a=b', 'mcp/.well-known/x']) {
    it(`serves nothing at /${path}`, async () => {
      const answer = await send(server.url + path, { token: await server.scalekit.mint(), body: listTools });
      assert.equal(answer.status, 404);
      assert.match(answer.json.error.message, /The MCP endpoint is http/);
    });
  }

  it('reports that it is alive and ready', async () => {
    assert.equal((await send(`${server.url}healthz`)).status, 200);
    assert.equal((await send(`${server.url}readyz`)).status, 200);
  });
});

describe('the headers of MCP', () => {
  it('answers 400 to an unknown protocol version', async () => {
    const headers = { 'mcp-protocol-version': '1999-01-01' };
    const answer = await send(server.endpoint, {
      token: await server.scalekit.mint(),
      headers,
      body: listTools,
    });
    assert.equal(answer.status, 400);
  });

  it('answers 400 if the headers of 2026 name another tool than the body', async () => {
    const params = { name: tools[0]?.listing.name, arguments: {}, _meta: envelope };
    const answer = await send(server.endpoint, {
      token: await server.scalekit.mint(),
      headers: {
        'mcp-protocol-version': '2026-07-28',
        'mcp-method': 'tools/call',
        'mcp-name': 'another_tool',
      },
      body: { ...listTools, method: 'tools/call', params },
    });
    assert.equal(answer.status, 400);
  });
});
