// The body of a request: one JSON object, small and flat enough, or a refusal.
import { isUtf8 } from 'node:buffer';
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { Refusal } from './refusal.ts';

const maximumDepth = 64;
/** Objects and arrays in one body. Thousands of `{}` cost a hundred times as much as the same bytes of text. */
const maximumParts = 5000;
/** A larger body may have more of them: one per this many bytes. */
const bytesPerPart = 16;
const parseError = -32_700;
const invalidRequest = -32_600;

/** A request whose body has not been read. */
export interface Unread {
  readonly req: { readonly headers: IncomingHttpHeaders };
  readBody(maximumBytes: number): Promise<Buffer>;
}

/**
 * @param maximumBytes how large the body may be.
 * @throws Refusal; the rest of the body is not read then.
 */
export async function readMessage(
  request: Unread,
  maximumBytes: number,
): Promise<Readonly<Record<string, unknown>>> {
  const { 'content-encoding': encoding = 'identity', 'content-type': type = '' } = request.req.headers;
  // A few compressed kilobytes can be gigabytes.
  if (!/^(?:identity)?$/i.test(encoding.trim()))
    throw new Refusal(415, 'content_encoding', 'Send the body without Content-Encoding');
  if (!/^application\/json\s*(?:;|$)/i.test(type)) {
    throw new Refusal(415, 'content_type', 'Content-Type has to be application/json');
  }
  const bytes = withoutMark(await request.readBody(maximumBytes));
  checkShape(bytes, Math.max(maximumParts, maximumBytes / bytesPerPart));
  const message = parse(bytes);
  if (Array.isArray(message)) {
    throw new Refusal(400, 'batch', 'Batches are not part of MCP: send one message', {
      code: invalidRequest,
    });
  }
  if (typeof message !== 'object' || message === null) {
    throw new Refusal(400, 'not_an_object', 'The body is not a JSON object', { code: invalidRequest });
  }
  return (bytes.includes('null') ? withoutNulls(message) : message) as Record<string, unknown>;
}

/** Some programs start a text with a byte order mark (RFC 8259, section 8.1: parsers may ignore it). */
function withoutMark(bytes: Buffer): Buffer {
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? bytes.subarray(3) : bytes;
}

/** Values that MCP does not define: their owner decides what null means in them. */
const values = new Set(['arguments', 'inputResponses', 'data']);

/**
 * Clients in languages that write absent values as null (Go, Java, C#) send `"arguments": null`, `"params": null` or
 * `"capabilities": {"roots": null}`. No member of MCP may be null but a message's id, so each means "absent".
 */
function withoutNulls(part: unknown): unknown {
  if (Array.isArray(part)) return part.map(withoutNulls);
  if (typeof part !== 'object' || part === null) return part;
  const given = Object.entries(part).filter(([name, value]) => value !== null || name === 'id');
  return Object.fromEntries(
    given.map(([name, value]) => [name, values.has(name) ? value : withoutNulls(value)]),
  );
}

/** @returns the refusal of a larger body. */
export function tooLarge(maximumBytes: number): Refusal {
  return new Refusal(413, 'body_size', `The body is larger than ${maximumBytes} bytes`);
}

/** Reads a body of node:http. @throws Refusal if it is too large. */
export function readBytes(req: IncomingMessage, maximumBytes: number): Promise<Buffer> {
  if (Number(req.headers['content-length'] ?? 0) > maximumBytes) throw tooLarge(maximumBytes);
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    req.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes <= maximumBytes) chunks.push(chunk);
      else reject(tooLarge(maximumBytes));
    });
    req.on('end', () => resolve(chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks)));
    req.on('error', reject);
  });
}

const quote = 0x22;
const backslash = 0x5c;

/**
 * Counts brackets before parsing, which takes a hundredth of the time: code that walks through the message later may
 * recurse, and takes time for every part. The parser decides whether it is JSON at all.
 */
function checkShape(bytes: Buffer, mostParts: number): void {
  let depth = 0;
  let parts = 0;
  let inText = false;
  for (let at = 0; at < bytes.length; at += 1) {
    const byte = bytes[at] as number;
    if (inText) {
      if (byte === backslash) at += 1;
      else inText = byte !== quote;
    } else if (byte === quote) inText = true;
    // `[` and `{`, `]` and `}` differ in one bit.
    else if ((byte | 0x20) === 0x7b) {
      parts += 1;
      depth += 1;
      if (depth > maximumDepth) throw tooMuch('depth', `is nested deeper than ${maximumDepth} levels`);
      if (parts > mostParts) throw tooMuch('parts', `has more than ${mostParts} objects and arrays`);
    } else if ((byte | 0x20) === 0x7d) depth -= 1;
  }
}

function tooMuch(reason: string, what: string): Refusal {
  return new Refusal(400, reason, `The body ${what}`, { code: invalidRequest });
}

function parse(bytes: Buffer): unknown {
  try {
    if (isUtf8(bytes)) return JSON.parse(bytes.toString());
  } catch {
    // The parser's message would show parts of the body.
  }
  throw new Refusal(400, 'json', 'The body is not JSON in UTF-8', { code: parseError });
}
