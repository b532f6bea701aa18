// Writes down every request that the servers of this process answer, a file for each port: `node --import recorder.js …` with
// RECORD_DIRECTORY set.
// Tokens, codes and secrets are left out.
import { subscribe } from 'node:diagnostics_channel';
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';

const directory = process.env.RECORD_DIRECTORY;
const secret = /token|secret|code|assertion|challenge|verifier|state/;
const harmlessNames = /_type$|_method$|_types$|_methods$/;

/** @returns named values; instead of a secret, that there is one. */
function harmless(pairs) {
  return Object.fromEntries(
    [...pairs].map(([name, value]) => [name, secret.test(name) && !harmlessNames.test(name) ? true : value]),
  );
}

function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return harmless(new URLSearchParams(text));
  }
}

/** What of a body matters: JSON-RPC in short; forms and registrations as they are. */
function inShort(text) {
  if (text === '') return undefined;
  const value = parse(text);
  if (value?.jsonrpc === undefined) return value;
  const { method, params } = value;
  return { method, tool: params?.name, protocolVersion: params?.protocolVersion, client: params?.clientInfo };
}

/** @returns whose access token came, by its own word. */
function clientOf({ authorization }) {
  const [, claims] = /^Bearer [^.]+\.([^.]+)\./.exec(authorization ?? '') ?? [];
  if (claims === undefined) return undefined;
  return JSON.parse(Buffer.from(claims, 'base64url').toString()).client_id;
}

function record(file, request, response, text) {
  const { method, url, headers } = request;
  const { pathname, searchParams } = new URL(url, 'http://localhost');
  const line = {
    time: Date.now(),
    method,
    path: pathname,
    status: response.statusCode,
    authorized: headers.authorization !== undefined,
    client: clientOf(headers),
    agent: headers['user-agent'],
    protocolVersion: headers['mcp-protocol-version'],
    query: searchParams.size > 0 ? harmless(searchParams) : undefined,
    // What `writeHead` was given is nowhere else.
    challenge: /^www-authenticate: (.*)\r$/im.exec(response._header)?.[1],
    body: inShort(text),
  };
  appendFileSync(file, `${JSON.stringify(line)}\n`);
}

subscribe('http.server.request.start', ({ request, response }) => {
  const file = join(directory, `${request.socket.localPort}.jsonl`);
  const chunks = [];
  const { push } = request;
  // The body is read by whoever answers: only what goes into the stream can be seen without taking it away.
  request.push = function (chunk, encoding) {
    if (chunk !== null) chunks.push(Buffer.from(chunk));
    return push.call(this, chunk, encoding);
  };
  response.once('finish', () => record(file, request, response, Buffer.concat(chunks).toString()));
});
