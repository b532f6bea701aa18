// What protects the tools: the challenge, the metadata, the scopes, the rate limits.
import assert from 'node:assert/strict';
import { afterAll, beforeAll, describe, it } from 'vitest';
import * as z from 'zod';
import { Limits } from '../../src/server/limits.ts';
import { challengeOf, denials, listTools, send } from '../../src/server/testing/index.ts';
import { insufficientPermissions } from '../support/contract.ts';
import {
  callTool,
  tool as declareTool,
  lastRefusal,
  scopes,
  startTestServer,
  type TestServer,
  exampleTools as tools,
} from './support.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());

describe('discovery', () => {
  it('sends a client without a token to the metadata', async () => {
    const { status, headers } = await send(server.endpoint, { body: listTools });
    const { resource_metadata, scope, error } = challengeOf(headers);
    assert.equal(status, 401);
    assert.equal(resource_metadata, `${server.url}.well-known/oauth-protected-resource/mcp`);
    assert.equal(scope, scopes.base.join(' '));
    assert.equal(error, undefined, 'nothing was wrong: there was no token');
  });

  for (const path of ['.well-known/oauth-protected-resource', '.well-known/oauth-protected-resource/mcp']) {
    it(`has the metadata at /${path}, for anyone`, async () => {
      const headers = { origin: 'https://anywhere.example' };
      const answer = await send(server.url + path, { headers });
      assert.equal(answer.status, 200);
      assert.equal(answer.headers['access-control-allow-origin'], '*');
      assert.equal(answer.json.resource, server.endpoint);
      assert.deepEqual(answer.json.scopes_supported, scopes.names);
      const { url, resourceId } = server.scalekit;
      assert.deepEqual(answer.json.authorization_servers, [`${url}/resources/${resourceId}`]);
    });
  }
});

describe('scopes', () => {
  for (const tool of tools) {
    const { name } = tool.listing;

    it(`lets ${name} be called with ${tool.scopes.join(' ') || 'any token'}`, async () => {
      const token = await server.scalekit.mint({ scopes: tool.scopes });
      assert.equal((await callTool(server, token, name)).status, 200);
    });
  }

  for (const { name, missing, granted, error: sentence } of denials(tools, scopes)) {
    it(`answers 403 to ${name} without ${missing}`, async () => {
      const token = await server.scalekit.mint({ scopes: granted });
      const { status, headers, json } = await callTool(server, token, name);
      const { error, error_description, scope = '', resource_metadata } = challengeOf(headers);
      assert.equal(status, 403);
      assert.equal(sentence, insufficientPermissions(missing));
      assert.equal(error, 'insufficient_scope');
      assert.equal(error_description, sentence);
      assert.equal(json.error.message, sentence, 'a model can read what is missing');
      assert.ok([...scopes.base, missing].every((wanted) => scope.split(' ').includes(wanted)));
      assert.ok(resource_metadata);
      assert.equal(lastRefusal(server)?.reason, 'insufficient_scope');
    });
  }

  for (const claim of ['scope', 'scopes', 'scp']) {
    it(`reads them from the claim ${claim}, whether it is a string or a list`, async () => {
      const names = scopes.names;
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

describe('rate limits', () => {
  it('answers 429 to a user who calls too often, and to nobody else', async () => {
    const limits = { toolCallsPerMinute: 2, refusedTokensPerMinute: 0 };
    const limited = await startTestServer({ limits });
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

  it('counts all addresses of one IPv6 customer as one', async () => {
    const limits = new Limits({ toolCallsPerMinute: 0, refusedTokensPerMinute: 1 });
    assert.equal(await limits.refusedToken('2001:db8:1:2::1'), undefined);
    assert.equal(await limits.refusedToken('2001:db8:1:3::1'), undefined);
    assert.ok(await limits.refusedToken('2001:db8:1:2:ffff::2'));
  });

  it('answers 429 to an address with too many bad tokens, and still 200 to good ones', async () => {
    const limited = await startTestServer({ limits: { toolCallsPerMinute: 0, refusedTokensPerMinute: 2 } });
    try {
      const { mint } = limited.scalekit;
      const statuses: number[] = [];
      // An expired token was a good one, and does not count.
      for (const token of ['bad', await mint({ expiresIn: -120 }), 'bad', 'bad', await mint()]) {
        // If no proxy is trusted, the header is ignored.
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
  const all = scopes.names;
  const broken = declareTool({
    name: 'broken',
    title: 'Broken',
    description: 'Needs all scopes, and breaks.',
    scopes: all,
    input: z.object({}),
    output: z.object({}),
    annotations: { readOnlyHint: true, destructiveHint: false, openWorldHint: false },
    run: () => {
      throw new Error('The password is hunter2');
    },
  });
  const talkative = declareTool({
    name: 'talkative',
    title: 'Talkative',
    description: 'Returns more than it declares.',
    scopes: [],
    input: z.object({}),
    output: z.object({ told: z.string() }),
    annotations: { readOnlyHint: true, destructiveHint: false, openWorldHint: false },
    run: () => {
      const row = { told: 'yes', passwordHash: 'hunter2' };
      return row;
    },
  });
  let own: TestServer;
  beforeAll(async () => {
    own = await startTestServer({ tools: [broken, talkative] });
  });
  afterAll(() => own.stop());

  for (const missing of all) {
    it(`that needs every scope is not called without ${missing}`, async () => {
      const others = all.filter((scope) => scope !== missing);
      const { status } = await callTool(own, await own.scalekit.mint({ scopes: others }), 'broken');
      assert.equal(status, 403);
    });
  }

  it('sends nothing that its output schema does not name', async () => {
    const { json } = await callTool(own, await own.scalekit.mint(), 'talkative');
    assert.deepEqual(json.result.structuredContent, { told: 'yes' });
  });

  it('that fails logs the reason, and tells the caller only a request id', async () => {
    const { text, json } = await callTool(own, await own.scalekit.mint({ scopes: all }), 'broken');
    assert.ok(json.result.isError);
    assert.ok(!text.includes('hunter2'));
    const line = own.log.find(({ event }) => event === 'tool_failed');
    assert.equal(line?.message, 'The password is hunter2');
    assert.ok(text.includes(String(line?.requestId)));
  });
});
