// The deny list as an option of the provider: what `serve` does by variables, for servers made without it.
import { utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { DenyList, type DenyOptions } from '../../src/server/deny-list.ts';
import { createHandler } from '../../src/server/handler.ts';
import { type InvalidToken, ScalekitProvider } from '../../src/server/provider.ts';
import { listTools, send } from '../../src/server/testing/index.ts';
import { temporaryDirectory } from '../support/temporary.ts';
import { until } from '../support/waiting.ts';
import { call, echo, type Started, start } from './support.ts';

let server: Started;
beforeAll(async () => {
  server = await start();
});
afterAll(() => server.stop());

async function denyFile(content: string): Promise<string> {
  const file = join(await temporaryDirectory(), 'denied.txt');
  await writeFile(file, content);
  return file;
}

const minute = 60_000;

/** Sets when the file was changed last, as its stamp says. */
async function changedAt(file: string, time: number): Promise<void> {
  await utimes(file, time / 1000, time / 1000);
}

function provider(deny?: DenyOptions): ScalekitProvider {
  const { url, resourceId } = server.scalekit;
  const auth = new ScalekitProvider({
    environmentUrl: url,
    resourceId,
    mcpUrl: server.url,
    scopes: ['todo:read', 'todo:write'],
    ...(deny && { deny }),
  });
  onTestFinished(() => auth.close());
  return auth;
}

const mint = (subject: string) => server.scalekit.mint({ subject });
const reasonOf = async (auth: ScalekitProvider, token: string) =>
  await auth.verify(token).then(
    () => 'let in',
    ({ reason }: InvalidToken) => reason,
  );

describe('a provider with a deny list', () => {
  it('refuses denied users from the first token on, and follows changes', async () => {
    const file = await denyFile('usr_1 2999-01-01\n');
    const auth = provider({ file });
    const [one, two] = [await mint('usr_1'), await mint('usr_2')];
    expect([await reasonOf(auth, one), await reasonOf(auth, two)]).toEqual(['token_denied', 'let in']);
    await writeFile(file, 'usr_2 2999-01-01\n');
    await changedAt(file, Date.now() + minute);
    await until('the list has been read again', async () => (await reasonOf(auth, two)) === 'token_denied');
    // It may be half written.
    expect(await reasonOf(auth, one)).toBe('token_denied');
    await changedAt(file, Date.now() - minute);
    await until('nobody writes to it any more', async () => (await reasonOf(auth, one)) === 'let in');
    expect(await reasonOf(auth, two)).toBe('token_denied');
  });

  it('reads the list again before it lets anybody in after the process was suspended', async () => {
    vi.useFakeTimers({ toFake: ['Date', 'setTimeout', 'clearTimeout'] });
    onTestFinished(() => void vi.useRealTimers());
    const file = await denyFile('');
    const auth = provider({ file });
    const token = await mint('usr_1');
    expect(await reasonOf(auth, token)).toBe('let in');
    await writeFile(file, 'usr_1 2999-01-01\n');
    // No timer has run; the clock says that one should have.
    expect(await reasonOf(auth, token)).toBe('let in');
    vi.setSystemTime(Date.now() + 6000);
    expect(await reasonOf(auth, token)).toBe('token_denied');
  });

  it('stops reading after close, and starts again with the next token', async () => {
    const file = await denyFile('usr_1 2999-01-01\n');
    const auth = provider({ file });
    const token = await mint('usr_1');
    expect(await reasonOf(auth, token)).toBe('token_denied');
    await auth.close();
    await auth.close();
    await writeFile(file, '');
    expect(await reasonOf(auth, token)).toBe('let in');
  });

  it('does not show a wrong URL, which may hold a password', () => {
    const make = () => provider({ redisUrl: 'http://user:hunter2@redis.example.com' });
    expect(make).toThrow('deny.redisUrl is wrong. Expected: redis://<host>:<port>');
    expect(make).not.toThrow('hunter2');
  });

  it('has no deny list unless one is named', async () => {
    const auth = provider({ file: undefined, redisUrl: undefined });
    expect(await reasonOf(auth, await mint('usr_1'))).toBe('let in');
  });
});

describe('a server with such a provider', () => {
  it('refuses denied users, and is ready once the list has been read', async () => {
    const denying = await start({ deny: { file: await denyFile('usr_1 2999-01-01\n') } });
    onTestFinished(() => denying.stop());
    expect((await send(`${denying.url}readyz`)).status).toBe(200);
    const ask = async (subject: string) =>
      await send(denying.endpoint, { token: await denying.scalekit.mint({ subject }), body: listTools });
    const refused = await ask('usr_1');
    expect([refused.status, refused.json.error.data.reason]).toEqual([401, 'token_denied']);
    expect((await ask('usr_2')).status).toBe(200);
    expect(denying.log.map(({ event }) => event)).not.toContain('deny_list_unavailable');
  });

  it('refuses a user who is denied while the body is still arriving', async () => {
    const file = await denyFile('');
    const denying = await start({ deny: { file } });
    onTestFinished(() => denying.stop());
    const token = await denying.scalekit.mint({ subject: 'usr_1' });
    const text = JSON.stringify(call('echo'));
    const body = new PassThrough();
    const answer = fetch(denying.endpoint, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: Readable.toWeb(body) as ReadableStream<Uint8Array>,
      duplex: 'half',
    } as RequestInit);
    body.write(text.slice(0, 10));
    // The token was checked when the headers arrived: requests that came later are answered, too.
    await until('the server is at work', async () => {
      const { status } = await send(denying.endpoint, { token, body: listTools });
      return status === 200;
    });
    await writeFile(file, 'usr_1 2999-01-01\n');
    await until('the list has been read', async () => {
      const { status } = await send(denying.endpoint, { token, body: listTools });
      return status === 401;
    });
    body.end(text.slice(10));
    const { status, headers } = await answer;
    expect(status).toBe(401);
    expect(headers.get('www-authenticate')).toContain('error="invalid_token"');
    expect(denying.log.map(({ event }) => event)).not.toContain('call');
  });

  it('logs that the file is missing', async () => {
    const denying = await start({ deny: { file: join(await temporaryDirectory(), 'nothing.txt') } });
    onTestFinished(() => denying.stop());
    expect(denying.log).toContainEqual(expect.objectContaining({ event: 'deny_file_missing' }));
  });
});

it('a stream that begins after the denial of its call ends at once', () => {
  const list = new DenyList();
  const ended: string[] = [];
  const follow = (sub: string) => list.follow({ sub }, () => ended.push(sub));
  list.replace('file', new Map([['usr_1', Date.now() + 60_000]]));
  for (const subject of ['usr_1', 'usr_2']) follow(subject);
  expect(ended).toEqual(['usr_1']);
});

it('a handler refuses as well', async () => {
  const auth = provider({ file: await denyFile('usr_1 2999-01-01\n') });
  const handle = createHandler({ name: 'Test', version: '1.0.0', auth, tools: [echo], log: () => {} });
  const ask = async (subject: string) => {
    const headers = { authorization: `Bearer ${await mint(subject)}`, 'content-type': 'application/json' };
    const request = new Request(server.endpoint, {
      method: 'POST',
      headers,
      body: JSON.stringify(listTools),
    });
    return (await handle(request)).status;
  };
  expect([await ask('usr_1'), await ask('usr_2')]).toEqual([401, 200]);
  expect((await handle(new Request(`${server.url}readyz`))).status).toBe(200);
});
