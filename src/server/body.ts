// The body of a request: one JSON object, small and flat enough, or a refusal.
import { isUtf8 } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import { Refusal } from './refusal.ts';

const maximumBytes = 256 * 1024;
const maximumDepth = 64;
const parseError = -32_700;
const invalidRequest = -32_600;

/** @throws Refusal; the rest of the body is not read then. */
export async function readMessage(req: IncomingMessage): Promise<Readonly<Record<string, unknown>>> {
  const { 'content-encoding': encoding = 'identity', 'content-type': type = '' } = req.headers;
  // A few compressed kilobytes can be gigabytes.
  if (encoding !== 'identity')
    throw new Refusal(415, 'content_encoding', 'Send the body without Content-Encoding');
  if (!/^application\/json\s*(?:;|$)/i.test(type)) {
    throw new Refusal(415, 'content_type', 'Content-Type has to be application/json');
  }
  const message = parse(await readBytes(req));
  if (Array.isArray(message)) {
    throw new Refusal(400, 'batch', 'Batches are not part of MCP: send one message', {
      code: invalidRequest,
    });
  }
  if (typeof message !== 'object' || message === null) {
    throw new Refusal(400, 'not_an_object', 'The body is not a JSON object', { code: invalidRequest });
  }
  if (isDeeperThan(maximumDepth, message)) {
    throw new Refusal(400, 'depth', `The body is nested deeper than ${maximumDepth} levels`, {
      code: invalidRequest,
    });
  }
  return withoutNulls(message as Record<string, unknown>);
}

/**
 * Clients whose language writes what is absent as null (Go, Java, C#) send `"arguments": null`, `"cursor": null` or
 * `"params": null`. MCP has no parameter that may be null, so that each means "absent".
 */
function withoutNulls({ params, ...message }: Readonly<Record<string, unknown>>): Record<string, unknown> {
  if (typeof params !== 'object' || params === null || Array.isArray(params))
    return params === undefined || params === null ? message : { ...message, params };
  const given = Object.entries(params).filter(([, value]) => value !== null);
  return { ...message, params: Object.fromEntries(given) };
}

function readBytes(req: IncomingMessage): Promise<Buffer> {
  const tooLarge = () => new Refusal(413, 'body_size', `The body is larger than ${maximumBytes / 1024} KB`);
  if (Number(req.headers['content-length'] ?? 0) > maximumBytes) throw tooLarge();
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    req.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes <= maximumBytes) chunks.push(chunk);
      else reject(tooLarge());
    });
    req.on('end', () => resolve(Buffer.concat(chunks)));
    req.on('error', reject);
  });
}

function parse(bytes: Buffer): unknown {
  try {
    if (isUtf8(bytes)) return JSON.parse(bytes.toString());
  } catch {
    // The parser's message would show parts of the body.
  }
  throw new Refusal(400, 'json', 'The body is not JSON in UTF-8', { code: parseError });
}

/** Whoever walks through the message later may do so recursively. */
function isDeeperThan(levels: number, value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return levels === 0 || Object.values(value).some((part) => isDeeperThan(levels - 1, part));
}
