import { once } from 'node:events';
import { connect } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { envelope } from '../support/messages.ts';
import { until } from '../support/waiting.ts';
import { call, post, type Started, slowTool, start } from './support.ts';

let server: Started | undefined;
afterEach(async () => {
  await server?.scalekit.close();
  server = undefined;
});

/** Connections that the system has taken already are still answered, and then no more. */
async function stopsListening(url: string): Promise<void> {
  await until('it takes no connection', async () =>
    fetch(new URL('healthz', url)).then(
      () => false,
      () => true,
    ),
  );
}

describe('a server that closes', () => {
  it('answers calls under way, and accepts no new ones', async () => {
    const slow = slowTool();
    server = await start({ tools: [slow.tool] });
    const answer = post(server.endpoint, { token: await server.scalekit.mint(), message: call('slow') });
    await slow.started;
    const closed = server.server.close();
    await stopsListening(server.url);
    slow.goOn();
    expect(await (await answer).json()).toMatchObject({ result: { structuredContent: { done: true } } });
    await closed;
  });

  /** Calls of 2026-07-28: in the usual form, and with an encoded name, which only the SDK's own handler reads. */
  const modern = ['slow', `=?base64?${Buffer.from('slow').toString('base64')}?=`].map((name) => ({
    headers: { 'mcp-protocol-version': '2026-07-28', 'mcp-method': 'tools/call', 'mcp-name': name },
    message: { ...call('slow'), params: { name: 'slow', arguments: {}, _meta: envelope } },
  }));

  it.each(modern)('answers a call of 2026-07-28 named $headers.mcp-name', async (sent) => {
    const slow = slowTool();
    server = await start({ tools: [slow.tool] });
    const answer = post(server.endpoint, { token: await server.scalekit.mint(), ...sent });
    const { signal } = await slow.started;
    const closed = server.server.close();
    await stopsListening(server.url);
    expect(signal.aborted).toBe(false);
    slow.goOn();
    expect(await (await answer).json()).toMatchObject({ result: { structuredContent: { done: true } } });
    await closed;
  });

  it.each([{ message: call('slow') }, ...modern])(
    'does not wait longer than the limit: $headers.mcp-name',
    async (sent) => {
      const slow = slowTool();
      server = await start({ tools: [slow.tool] });
      const answer = post(server.endpoint, { token: await server.scalekit.mint(), ...sent });
      answer.catch(() => {});
      await slow.started;
      await server.server.close(50);
      await expect(answer).rejects.toThrow();
    },
  );

  it('hangs up on silent connections', async () => {
    server = await start();
    const silent = connect(Number(new URL(server.url).port), '127.0.0.1');
    await once(silent, 'connect');
    const ended = once(silent, 'close');
    await server.server.close(50);
    await ended;
  });

  it('ends subscriptions', async () => {
    server = await start();
    const message = {
      jsonrpc: '2.0',
      id: 1,
      method: 'subscriptions/listen',
      params: {
        notifications: { toolsListChanged: true },
        _meta: envelope,
      },
    };
    const headers = { 'mcp-protocol-version': '2026-07-28', 'mcp-method': 'subscriptions/listen' };
    const answer = await post(server.endpoint, { token: await server.scalekit.mint(), headers, message });
    expect(answer.headers.get('content-type')).toBe('text/event-stream');
    await server.server.close();
    expect(await answer.text()).toContain('"id":1');
  });
});

describe('a client that hangs up', () => {
  it('aborts its tool', async () => {
    const slow = slowTool();
    server = await start({ tools: [slow.tool] });
    const hangUp = new AbortController();
    const token = await server.scalekit.mint();
    const answer = post(server.endpoint, { token, message: call('slow'), signal: hangUp.signal });
    answer.catch(() => {});
    const { signal } = await slow.started;
    expect(signal.aborted).toBe(false);
    hangUp.abort();
    if (!signal.aborted) await once(signal, 'abort');
    await server.server.close(0);
  });
});
