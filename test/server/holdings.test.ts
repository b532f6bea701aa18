// Requests and streams no longer count towards a user's limit of simultaneous ones once the client hangs up.
import { once } from 'node:events';
import { request } from 'node:http';
import { connect } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { createHandler } from '../../src/server/handler.ts';
import { ScalekitProvider } from '../../src/server/provider.ts';
import { echo, post, type Started, scopes, slowTool, start } from './support.ts';

const message = { jsonrpc: '2.0', id: 1, method: 'tools/list' };
/** More requests than one user may have under way. */
const requests = Array.from({ length: 110 });

let server: Started;
afterEach(() => server.stop());

describe('clients that hang up while the keys are still fetched', () => {
  it('are not counted as under way for ever', async () => {
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

  it('are not counted as under way for ever on a serverless host', async () => {
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

describe('requests that wait behind another on their connection', () => {
  it('are not counted as under way once the connection is gone', async () => {
    const slow = slowTool();
    server = await start({ tools: [slow.tool] });
    const token = await server.scalekit.mint();
    const call = { ...message, method: 'tools/call', params: { name: 'slow', arguments: {} } };
    const others = await server.scalekit.mint({ subject: 'usr_2' });
    const raw = (body: object, bearer: string) => {
      const text = JSON.stringify(body);
      const head = ['POST /mcp HTTP/1.1', 'Host: localhost', `Authorization: Bearer ${bearer}`];
      return `${[...head, 'Content-Type: application/json', `Content-Length: ${text.length}`].join('\r\n')}\r\n\r\n${text}`;
    };
    const port = Number(new URL(server.url).port);
    // Few enough per connection that Node does not stop reading because of pending answers.
    const connections = [1, 2, 3, 4].map(() => {
      const pings = requests.slice(0, 30).map(() => raw({ ...message, method: 'ping' }, token));
      const connection = connect(port, '127.0.0.1').on('error', () => {});
      connection.write(raw(call, others) + pings.join(''));
      return connection;
    });
    const isFull = () => server.log.some(({ reason }) => reason === 'requests_at_once');
    await expect.poll(isFull, { timeout: 10_000 }).toBe(true);
    for (const connection of connections) connection.destroy();
    const status = async () => (await post(server.endpoint, { token, message })).status;
    await expect.poll(status, { timeout: 10_000 }).toBe(200);
    slow.goOn();
  });
});
