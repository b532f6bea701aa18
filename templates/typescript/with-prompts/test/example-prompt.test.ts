// example_prompt: what it asks, and that it is refused without its scopes.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { denials } from 'scalekit-mcp-server/testing';
import { examplePrompt } from '../src/prompts/example-prompt.ts';
import { scopes } from '../src/scopes.ts';
import { startServer, type TestServer } from './support.ts';

let server: TestServer;
before(async () => {
  server = await startServer();
});
after(() => server.stop());

describe('example_prompt', () => {
  it('is allowed with its scopes', async () => {
    const caller = { scopes: examplePrompt.scopes, subject: 'usr_1' };
    const { status, messages } = await server.prompt('example_prompt', { style: 'short' }, caller);
    assert.equal(status, 200);
    assert.equal(messages?.[0]?.content.text, 'Greet usr_1 in this style: short');
  });

  for (const { missing, granted, error } of denials([examplePrompt], scopes)) {
    it(`is denied without ${missing}`, async () => {
      const answer = await server.prompt('example_prompt', { style: 'short' }, { scopes: granted });
      assert.deepEqual([answer.status, answer.error], [403, error]);
    });
  }
});
