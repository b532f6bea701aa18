import { createServer, type RequestListener } from 'node:http';
import { describe, expect, onTestFinished, test } from 'vitest';
import { probe } from '../../src/doctor/probe.ts';
import { challengeOf } from '../../src/doctor/reading.ts';

const { signal } = new AbortController();

/** Starts a server for one test. @returns its URL. */
async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  const { port } = server.address() as { port: number };
  return `http://127.0.0.1:${port}/`;
}

const text = (body: string, type = 'application/json') =>
  serve((_request, response) => {
    response.writeHead(200, { 'content-type': type, 'set-cookie': 'session=1' }).end(body);
  });

describe('probe', () => {
  test.each([
    ['JSON', '{"a":1}', 'application/json', { kind: 'json', value: { a: 1 } }],
    ['JSON without its type', '{"a":1}', 'text/plain', { kind: 'json', value: { a: 1 } }],
    [
      'a page with the content type of JSON',
      '<!doctype html><p>Hi</p>',
      'application/json',
      { kind: 'html', excerpt: 'Hi' },
    ],
    ['text', 'Unauthorized', 'text/plain', { kind: 'text', excerpt: 'Unauthorized' }],
    ['nothing', '', 'text/plain', { kind: 'empty' }],
    [
      'an event stream',
      'event: message\ndata: {"jsonrpc":"2.0"}\n\n',
      'text/event-stream',
      { kind: 'json', value: { jsonrpc: '2.0' } },
    ],
  ])('reads %s by its content', async (_, body, type, expected) => {
    expect(await probe({ url: await text(body, type) }, { signal })).toMatchObject({
      answered: true,
      body: expected,
    });
  });

  // Going over each of these again and again would take minutes.
  test.each(['<a ', '<style', '<script>', '</', '<!--', '"'])('reads a page of %s only', async (part) => {
    const page = `<html>Hi ${part.repeat(255_000 / part.length)}`;
    const answer = await probe({ url: await text(page, 'text/html') }, { signal });
    expect(answer).toMatchObject({ body: { kind: 'html', excerpt: expect.stringContaining('Hi') } });
  });

  test('does not wait for the end of an event stream', async () => {
    const url = await serve((_request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write('data: {"jsonrpc":"2.0"}\n\n');
    });
    expect(await probe({ url }, { signal, milliseconds: 1000 })).toMatchObject({ answered: true });
  });

  test('masks everything that looks like a token or a secret, and keeps no cookie', async () => {
    const token = `eyJ${'a'.repeat(40)}.eyJ${'b'.repeat(40)}.${'c'.repeat(40)}`;
    const answer = await probe(
      { url: await text(JSON.stringify({ token, list: ['skcs_12345678'] })) },
      { signal },
    );
    expect(JSON.stringify(answer)).not.toMatch(/a{20}|12345678|session/);
  });

  test('does not follow redirects', async () => {
    const url = await serve((_request, response) => {
      response.writeHead(302, { location: 'https://example.com/' }).end();
    });
    expect(await probe({ url }, { signal })).toMatchObject({
      status: 302,
      headers: { location: 'https://example.com/' },
    });
  });

  test('gives up in time, and says so', async () => {
    const url = await serve(() => {});
    expect(await probe({ url }, { signal, milliseconds: 50 })).toMatchObject({
      answered: false,
      failure: 'timeout',
    });
  });

  test('stops at the time limit of all requests together', async () => {
    const url = await serve(() => {});
    const answer = await probe({ url }, { signal, deadline: Date.now() - 1 });
    expect(answer).toMatchObject({ answered: false, failure: 'timeout' });
  });

  test('reads no more than the size limit of documents', async () => {
    const url = await text(`"${'x'.repeat(300 * 1024)}"`);
    expect(await probe({ url }, { signal })).toMatchObject({ answered: false, failure: 'too-large' });
  });

  test.each([
    ['http://127.0.0.1:1/', 'refused'],
    ['http://nowhere.invalid/', /^no-/],
  ])('says why %s does not answer', async (url, failure) => {
    const answer = await probe({ url }, { signal });
    expect(answer.answered ? '' : answer.failure).toMatch(failure);
  });

  test('distinguishes a missing certificate from a missing server', async () => {
    const url = (await text('{}')).replace('http:', 'https:');
    expect(await probe({ url }, { signal })).toMatchObject({ answered: false, failure: 'tls' });
  });

  test('can send another Host than it connects to', async () => {
    const url = await serve((request, response) => response.end(JSON.stringify(request.headers.host)));
    const via = { host: '127.0.0.1', port: Number(new URL(url).port) };
    expect(await probe({ url: 'https://mcp.example.com/' }, { signal, via })).toMatchObject({
      body: { value: 'mcp.example.com' },
    });
  });

  test('stops when it is told to, and says why', async () => {
    const url = await serve(() => {});
    const stop = new AbortController();
    const asked = probe({ url }, { signal: stop.signal });
    stop.abort(new Error('Interrupted.'));
    await expect(asked).rejects.toThrow('Interrupted.');
  });
});

describe('challengeOf', () => {
  const read = (header: string) =>
    challengeOf({
      answered: true,
      url: '',
      status: 401,
      headers: { 'www-authenticate': header },
      body: { kind: 'empty' },
    });

  test.each([
    ['Bearer', {}],
    [
      'Bearer resource_metadata="https://a/b", scope="a b"',
      { resource_metadata: 'https://a/b', scope: 'a b' },
    ],
    ['bearer error=invalid_token', { error: 'invalid_token' }],
    ['Bearer realm="a \\"quoted\\" one"', { realm: 'a "quoted" one' }],
    ['Basic realm="x", Bearer scope="a"', { scope: 'a' }],
    ['Basic realm="x"', undefined],
  ])('reads %s', (header, expected) => {
    expect(read(header)).toEqual(expected);
  });
});
