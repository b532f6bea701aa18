// Every tool: callable with its scopes, and refused without any one of them, and without a token.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { denials } from 'scalekit-mcp-server/testing';
import { scopes } from '../src/scopes.ts';
import { tools } from '../src/tools/index.ts';
import { startServer, type TestServer } from './support.ts';

let server: TestServer;
before(async () => {
  server = await startServer();
});
after(() => server.stop());

describe('every tool', () => {
  for (const { listing, scopes: needed, isPublic } of tools) {
    it(`lets ${listing.name} be called with ${needed.join(' ') || 'any token'}`, async () => {
      // Scopes are checked before arguments: that these are missing would be the tool's answer, with status 200.
      const { status } = await server.call(listing.name, {}, { scopes: needed });
      assert.equal(status, 200);
    });

    it(`answers ${isPublic ? 200 : 401} to ${listing.name} without a token`, async () => {
      const { status } = await server.call(listing.name, {}, { token: null });
      assert.equal(status, isPublic ? 200 : 401);
    });

    it(`answers 401 to ${listing.name} with a token that has expired`, async () => {
      const { status, challenge } = await server.call(listing.name, {}, { expiresIn: -120 });
      assert.deepEqual([status, challenge.error], [401, 'invalid_token']);
    });
  }

  for (const { name, missing, granted, error } of denials(tools, scopes)) {
    it(`answers 403 to ${name} without ${missing}`, async () => {
      const answer = await server.call(name, {}, { scopes: granted });
      assert.equal(answer.status, 403);
      assert.equal(answer.error, error, 'a model can read what is missing');
      assert.equal(answer.challenge.error, 'insufficient_scope');
      assert.ok(answer.challenge.scope?.split(' ').includes(missing), 'the client is told what to ask for');
    });
  }
});
