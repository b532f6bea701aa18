// What a user holds at the same time is let go of, whenever a client hangs up.
import { once } from 'node:events';
import { request } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { createHandler } from '../../src/server/handler.ts';
import { ScalekitProvider } from '../../src/server/provider.ts';
import { echo, post, type Started, scopes, start } from './support.ts';

const message = { jsonrpc: '2.0', id: 1, method: 'tools/list' };
/** More than one user may have under way. */
const requests = Array.from({ length: 110 });

let server: Started;
afterEach(() => server.stop());

describe('clients that hang up while the keys are still fetched', () => {
  it('do not count as under way for ever', async () => {
    server = await start({ faults: { keys: 'slow' } });
    const token = await server.scalekit.mint();
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    const hangUp = async () => {
      const sent = request(server.endpoint, { method: 'POST', headers, agent: false }).on('error', () => {});
      sent.end(JSON.stringify(message));
      await once(sent, 'finish');
      sent.destroy();
    };
    await Promise.all(requests.map(hangUp));
    const status = async () => (await post(server.endpoint, { token, message })).status;
    await expect.poll(status, { timeout: 10_000 }).toBe(200);
  });

  it('do not count as under way for ever on a serverless host', async () => {
    server = await start({ faults: { keys: 'slow' } });
    const { scalekit, url: mcpUrl, endpoint } = server;
    const { url: environmentUrl, resourceId } = scalekit;
    const auth = new ScalekitProvider({ environmentUrl, resourceId, mcpUrl, scopes });
    const handler = createHandler({ name: 'Test', version: '1.0.0', auth, tools: [echo], log: () => {} });
    const token = await scalekit.mint();
    const ask = (signal?: AbortSignal) =>
      handler(
        new Request(endpoint, {
          method: 'POST',
          headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
          body: JSON.stringify(message),
          ...(signal && { signal }),
        }),
      );
    const hungUp = [AbortSignal.abort(), ...requests.map(() => AbortSignal.timeout(1))];
    await Promise.all(hungUp.map((signal) => ask(signal)));
    expect((await ask()).status).toBe(200);
  });
});
