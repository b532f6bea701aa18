// example_note: what it contains, and that it cannot be read without its scopes.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { denials } from 'scalekit-mcp-server/testing';
import { exampleNote } from '../src/resources/example-note.ts';
import { scopes } from '../src/scopes.ts';
import { startServer, type TestServer } from './support.ts';

let server: TestServer;
before(async () => {
  server = await startServer();
});
after(() => server.stop());

describe('example_note', () => {
  const reader = { scopes: exampleNote.scopes, subject: 'usr_1' };

  it('is read with its scopes', async () => {
    const { status, contents } = await server.read('example-note://1', reader);
    assert.equal(status, 200);
    assert.equal(contents?.[0]?.text, 'Read by usr_1.');
  });

  it('is an error if it does not exist', async () => {
    const { error, contents } = await server.read('example-note://2', reader);
    assert.ok(error);
    assert.equal(contents, undefined);
  });

  for (const { missing, granted, error } of denials([exampleNote], scopes)) {
    it(`is denied without ${missing}`, async () => {
      const answer = await server.read('example-note://1', { scopes: granted });
      assert.deepEqual([answer.status, answer.error], [403, error]);
    });
  }
});
