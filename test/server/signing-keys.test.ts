// Scalekit's signing keys: when they change, when a token is forged, and when they cannot be fetched.
import assert from 'node:assert/strict';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { listTools, send } from '../../src/server/testing/index.ts';
import { list, startTestServer, type TestServer } from './support.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());

const listWith = (token: string) => list(server, token);

describe('signing keys', () => {
  it('accepts the new key at once after a rotation, and no longer the old one', async () => {
    const old = await server.scalekit.mint();
    assert.equal((await listWith(old)).status, 200);
    await server.scalekit.rotateKeys();
    assert.equal((await listWith(await server.scalekit.mint())).status, 200);
    assert.equal((await listWith(old)).status, 401);
  });

  it('are fetched once for a flood of unknown keys', async () => {
    await listWith(await server.scalekit.mint());
    const fetched = server.scalekit.requestCount('/keys');
    const forged = await Promise.all(
      Array.from({ length: 20 }, (_, n) =>
        server.scalekit.mint({ foreignKey: true, header: { kid: `snk_${n}` } }),
      ),
    );
    const answers = await Promise.all(forged.map(listWith));
    assert.deepEqual(new Set(answers.map(({ status }) => status)), new Set([401]));
    assert.ok(server.scalekit.requestCount('/keys') - fetched <= 1);
  });

  const faults: Record<string, 'down' | 'empty' | 'huge'> = {
    'answers 500': 'down',
    'sends an empty set': 'empty',
    'sends too much': 'huge',
  };
  for (const [name, keys] of Object.entries(faults)) {
    it(`stay in use while the key server ${name}`, async () => {
      const other = await startTestServer();
      try {
        const status = async (token: string) =>
          (await send(other.endpoint, { token, body: listTools })).status;
        assert.equal(await status(await other.scalekit.mint()), 200);
        other.scalekit.fault({ keys });
        // Makes the server look for a new key.
        assert.equal(await status(await other.scalekit.mint({ foreignKey: true })), 503);
        assert.equal(await status(await other.scalekit.mint()), 200);
      } finally {
        await other.stop();
      }
    });
  }

  it('answers 503 and never 401 without keys, and recovers by itself', async () => {
    const other = await startTestServer();
    try {
      other.scalekit.fault({ keys: 'down' });
      await other.scalekit.rotateKeys();
      const token = await other.scalekit.mint();
      const { status, headers } = await send(other.endpoint, { token, body: listTools });
      assert.equal(status, 503);
      assert.ok(Number(headers['retry-after']) >= 1);
      assert.equal(headers['www-authenticate'], undefined);
      const asked = other.scalekit.requestCount('/keys');
      await Promise.all(Array.from({ length: 20 }, () => send(other.endpoint, { token, body: listTools })));
      assert.ok(other.scalekit.requestCount('/keys') - asked <= 1, 'a pause after each failure');
      other.scalekit.fault({});
      await until(async () => (await send(other.endpoint, { token, body: listTools })).status === 200);
    } finally {
      await other.stop();
    }
  });
});

async function until(condition: () => Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 50));
}
