// Scalekit's signing keys: when they change, when somebody forges, and when they can not be had.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { listTools, send, startServer, type TestServer } from './support.ts';

let server: TestServer;
before(async () => {
  server = await startServer();
});
after(() => server.stop());

async function list(token: string) {
  return await send(server.endpoint, { token, body: listTools });
}

describe('signing keys', () => {
  it('takes the new key after a rotation, at once', async () => {
    assert.equal((await list(await server.scalekit.mint())).status, 200);
    await server.scalekit.rotateKeys();
    assert.equal((await list(await server.scalekit.mint())).status, 200);
  });

  it('fetches them once for a flood of unknown keys', async () => {
    await list(await server.scalekit.mint());
    const fetched = server.scalekit.requestCount('/keys');
    const forged = await Promise.all(
      Array.from({ length: 20 }, (_, n) =>
        server.scalekit.mint({ foreignKey: true, header: { kid: `snk_${n}` } }),
      ),
    );
    const answers = await Promise.all(forged.map(list));
    assert.deepEqual(new Set(answers.map(({ status }) => status)), new Set([401]));
    assert.ok(server.scalekit.requestCount('/keys') - fetched <= 1);
  });

  it('goes on with the keys it has while the key server is down', async () => {
    await list(await server.scalekit.mint());
    server.scalekit.fault({ keys: 'down' });
    const { status } = await list(await server.scalekit.mint());
    server.scalekit.fault({});
    assert.equal(status, 200);
  });

  it('answers 503 and never 401 without keys, and recovers by itself', async () => {
    const other = await startServer();
    try {
      other.scalekit.fault({ keys: 'down' });
      await other.scalekit.rotateKeys();
      const token = await other.scalekit.mint();
      const { status, headers } = await send(other.endpoint, { token, body: listTools });
      assert.equal(status, 503);
      assert.ok(Number(headers['retry-after']) >= 1);
      assert.equal(headers['www-authenticate'], undefined);
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
