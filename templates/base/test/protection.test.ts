// What protects the tools: the challenge, the metadata, the scopes, and what HTTP may not do.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import * as z from 'zod';
import { tool as declareTool } from '../src/protect/tool.ts';
import { baseScopes, impliedScopes, type Scope, scopes } from '../src/scopes.ts';
import { tools } from '../src/tools/index.ts';
import { callTool, listTools, send, startServer, type TestServer } from './support.ts';

let server: TestServer;
before(async () => {
  server = await startServer();
});
after(() => server.stop());

/** The parameters of a `WWW-Authenticate: Bearer` header. */
function challengeOf(headers: {
  'www-authenticate'?: string | undefined;
}): Record<string, string | undefined> {
  const found = (headers['www-authenticate'] ?? '').matchAll(/(\w+)="([^"]*)"/g);
  return Object.fromEntries([...found].map(([, name, value]) => [name, value]));
}

describe('discovery', () => {
  it('sends a client without a token to the metadata', async () => {
    const { status, headers } = await send(server.endpoint, { body: listTools });
    const { resource_metadata, scope, error } = challengeOf(headers);
    assert.equal(status, 401);
    assert.equal(resource_metadata, `${server.url}.well-known/oauth-protected-resource/mcp`);
    assert.equal(scope, baseScopes.join(' '));
    assert.equal(error, undefined, 'nothing was wrong: there was no token');
  });

  for (const path of ['.well-known/oauth-protected-resource', '.well-known/oauth-protected-resource/mcp']) {
    it(`has the metadata at /${path}, for anyone`, async () => {
      const headers = { origin: 'https://anywhere.example' };
      const answer = await send(server.url + path, { headers });
      assert.equal(answer.status, 200);
      assert.equal(answer.headers['access-control-allow-origin'], '*');
      assert.equal(answer.json.resource, server.endpoint);
      assert.deepEqual(answer.json.scopes_supported, Object.keys(scopes));
      const { url, resourceId } = server.scalekit;
      assert.deepEqual(answer.json.authorization_servers, [`${url}/resources/${resourceId}`]);
    });
  }
});

/** A scope, and what it brings with it. */
function withImplied(scope: Scope): ReadonlySet<Scope> {
  const all = new Set<Scope>([scope]);
  // Grows while it is gone through.
  for (const each of all)
    for (const implied of (Object.hasOwn(impliedScopes, each) && impliedScopes[each]) || []) all.add(implied);
  return all;
}

describe('scopes', () => {
  for (const tool of tools) {
    const { name } = tool.listing;

    it(`lets ${name} be called with ${tool.scopes.join(' ') || 'any token'}`, async () => {
      const token = await server.scalekit.mint({ scopes: tool.scopes });
      assert.equal((await callTool(server, token, name)).status, 200);
    });

    for (const missing of tool.scopes) {
      it(`answers 403 to ${name} without ${missing}`, async () => {
        const others = (Object.keys(scopes) as Scope[]).filter((scope) => !withImplied(scope).has(missing));
        const token = await server.scalekit.mint({ scopes: others });
        const { status, headers, json } = await callTool(server, token, name);
        const lacking = tool.scopes.filter((scope) => !others.includes(scope)).map((scope) => `\`${scope}\``);
        const noun = lacking.length > 1 ? 'scopes' : 'scope';
        const sentence = `Insufficient permissions: ${lacking.join(' and ')} ${noun} required.`;
        const { error, error_description, scope = '', resource_metadata } = challengeOf(headers);
        assert.equal(status, 403);
        assert.equal(error, 'insufficient_scope');
        assert.equal(error_description, sentence);
        assert.equal(json.error.message, sentence, 'a model can read what is missing');
        assert.ok([...baseScopes, ...tool.scopes].every((wanted) => scope.split(' ').includes(wanted)));
        assert.ok(resource_metadata);
        assert.equal(server.log.at(-1)?.reason, 'insufficient_scope');
      });
    }
  }

  for (const claim of ['scope', 'scopes', 'scp']) {
    it(`reads them from the claim ${claim}, whether it is a text or a list`, async () => {
      const names = Object.keys(scopes);
      for (const value of [names, names.join(' ')]) {
        const token = await server.scalekit.mint({ claims: { scope: undefined, [claim]: value } });
        for (const { listing } of tools)
          assert.equal((await callTool(server, token, listing.name)).status, 200);
      }
    });
  }

  it('names all scopes that are missing', async () => {
    const tool = tools.find(({ scopes: required }) => required.length > 0);
    if (!tool) return;
    const token = await server.scalekit.mint({ scopes: [] });
    const { json } = await callTool(server, token, tool.listing.name);
    for (const scope of tool.scopes) assert.match(json.error.message, new RegExp(`\`${scope}\``));
  });
});

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

  it('lets such a page read the challenge', async () => {
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
  const deep = `{"jsonrpc":"2.0","id":1,"method":"tools/list","params":${'['.repeat(1e5)}${']'.repeat(1e5)}}`;
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
      assert.equal(server.log.at(-1)?.reason, reason);
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

  it('says that it is alive, and ready', async () => {
    assert.equal((await send(`${server.url}healthz`)).status, 200);
    assert.equal((await send(`${server.url}readyz`)).status, 200);
  });
});

describe('rate limits', () => {
  it('answers 429 to a user who calls too often, and to no one else', async () => {
    const limits = { toolCallsPerMinute: 2, refusedTokensPerMinute: 0 };
    const limited = await startServer({ limits });
    try {
      const name = tools[0]?.listing.name ?? '';
      const [one, other] = await Promise.all(
        ['usr_1', 'usr_2'].map((subject) => limited.scalekit.mint({ subject })),
      );
      const statuses = [];
      for (const token of [one, one, one, other])
        statuses.push((await callTool(limited, token ?? '', name)).status);
      assert.deepEqual(statuses, [200, 200, 429, 200]);
      const { headers } = await callTool(limited, one ?? '', name);
      assert.ok(Number(headers['retry-after']) > 0);
    } finally {
      await limited.stop();
    }
  });

  it('answers 429 to an address with too many bad tokens, and still 200 to good ones', async () => {
    const limited = await startServer({ limits: { toolCallsPerMinute: 0, refusedTokensPerMinute: 2 } });
    try {
      const { mint } = limited.scalekit;
      const statuses: number[] = [];
      // An expired token was a good one, and does not count.
      for (const token of ['bad', await mint({ expiresIn: -120 }), 'bad', 'bad', await mint()]) {
        // Where no proxy is trusted, nobody says who they are.
        const headers = { 'x-forwarded-for': `192.0.2.${statuses.length}` };
        statuses.push((await send(limited.endpoint, { token, headers, body: listTools })).status);
      }
      assert.deepEqual(statuses, [401, 401, 401, 429, 200]);
    } finally {
      await limited.stop();
    }
  });
});

describe('a tool', () => {
  const all = Object.keys(scopes) as Scope[];
  const broken = declareTool({
    name: 'broken',
    title: 'Broken',
    description: 'Needs all scopes, and breaks.',
    scopes: all,
    input: z.object({}),
    output: z.object({}),
    run: () => {
      throw new Error('The password is hunter2');
    },
  });
  let own: TestServer;
  before(async () => {
    own = await startServer({ tools: [broken] });
  });
  after(() => own.stop());

  for (const missing of all) {
    it(`that needs every scope is not called without ${missing}`, async () => {
      const others = all.filter((scope) => !withImplied(scope).has(missing));
      const { status } = await callTool(own, await own.scalekit.mint({ scopes: others }), 'broken');
      assert.equal(status, 403);
    });
  }

  it('that breaks tells the log why, and the caller nothing but a number', async () => {
    const { text, json } = await callTool(own, await own.scalekit.mint({ scopes: all }), 'broken');
    assert.ok(json.result.isError);
    assert.ok(!text.includes('hunter2'));
    const line = own.log.find(({ event }) => event === 'tool_failed');
    assert.equal(line?.message, 'The password is hunter2');
    assert.ok(text.includes(String(line?.requestId)));
  });
});
