import { setMaxListeners } from 'node:events';
import { request as httpRequest, type IncomingMessage, type RequestOptions } from 'node:http';
import { maskSecrets, printable } from '../scalekit/index.ts';

/** Why nothing was answered. */
export type Failure = 'refused' | 'no-such-host' | 'no-dns' | 'timeout' | 'tls' | 'closed' | 'too-large';

/** A body as far as a check needs it. Text is cut and masked, so that an answer can be saved and shared. */
export type Body =
  | { readonly kind: 'empty' }
  | { readonly kind: 'json'; readonly value: unknown }
  | { readonly kind: 'html'; readonly excerpt: string }
  | { readonly kind: 'text'; readonly excerpt: string };

/** The headers that are kept: a check that reads any other does not compile. */
export type Headers = Readonly<Partial<Record<(typeof keptHeaders)[number], string>>>;

/** One HTTP exchange as a fact: what was answered, or why nothing was. */
export type ProbeResult =
  | {
      readonly answered: true;
      readonly url: string;
      readonly status: number;
      readonly headers: Headers;
      readonly body: Body;
    }
  | { readonly answered: false; readonly url: string; readonly failure: Failure; readonly message: string };

export interface ProbeRequest {
  readonly url: string;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  readonly json?: unknown;
  /** Sent as a form. */
  readonly form?: Readonly<Record<string, string>>;
}

export interface ProbeOptions {
  readonly signal: AbortSignal;
  /** Default 5000. */
  readonly milliseconds?: number;
  /** When all requests have to be done, in milliseconds since 1970. */
  readonly deadline?: number;
  /** Where to connect instead of the URL's host, over plain http: a server that is not yet behind its public name. */
  readonly via?: { readonly host: string; readonly port: number } | undefined;
  /** Called with a header that is used but never kept: for some servers, the id of a session is as good as a password. */
  readonly onSession?: (id: string) => void;
  /** Leaves tokens in the body as they are: for an answer that is used but never kept. */
  readonly unmasked?: boolean;
}

/** Headers that a check reads; all others (cookies among them) are never kept. */
const keptHeaders = [
  'content-type',
  'www-authenticate',
  'location',
  'date',
  'age',
  'allow',
  'server',
  'cf-ray',
  'cf-mitigated',
  'via',
  'retry-after',
  'x-amzn-remapped-www-authenticate',
  'x-amzn-errortype',
  'x-amz-apigw-id',
  'apigw-requestid',
  'x-amz-cf-id',
  'x-vercel-id',
  'x-vercel-error',
  'x-goog-iap-generated-response',
  'ngrok-error-code',
  'x-railway-fallback',
  'x-render-routing',
  'rndr-id',
  'fly-request-id',
  'access-control-allow-origin',
  'access-control-allow-headers',
  'access-control-allow-methods',
  'access-control-expose-headers',
  'access-control-allow-credentials',
] as const;

/** Metadata and keys are a few kilobytes; more is a fault in itself (docs/mcp.md#tokens). */
const largestBody = 256 * 1024;

const tlsCode = /^(?:ERR_TLS|ERR_SSL|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_|EPROTO|HOSTNAME_MISMATCH)/;

function failureOf(error: NodeJS.ErrnoException): Failure {
  const code = error.code ?? '';
  if (code === 'ENOTFOUND') return 'no-such-host';
  if (code === 'EAI_AGAIN' || code === 'EAI_FAIL') return 'no-dns';
  if (tlsCode.test(code)) return 'tls';
  if (/^(?:ECONNREFUSED|EHOSTUNREACH|ENETUNREACH|EADDRNOTAVAIL)$/.test(code)) return 'refused';
  if (code === 'ETIMEDOUT' || code === 'ABORT_ERR' || error.name === 'TimeoutError') return 'timeout';
  if (code === 'ERR_BODY_TOO_LARGE') return 'too-large';
  return 'closed';
}

/** Masks whatever looks like a secret or a token in any string of a JSON value. */
function masked(value: unknown): unknown {
  if (typeof value === 'string') return maskSecrets(value);
  if (Array.isArray(value)) return value.map(masked);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, masked(inner)]));
}

function readJson(text: string, unmasked: boolean): Body | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return { kind: 'json', value: unmasked ? value : masked(value) };
  } catch {
    return undefined;
  }
}

/** How much of a page is read for an excerpt: tags that are never closed take a time that grows with its square. */
const longestPage = 32 * 1024;

/** @returns roughly what a person would read on a page. */
function textOfPage(html: string): string {
  const text = html
    .slice(0, longestPage)
    .replaceAll(/<(style|script)\b[\s\S]*?<\/\1\s*>/gi, ' ')
    .replaceAll(/<[^<>]*>/g, ' ');
  return text.replaceAll(/\s+/g, ' ').trim();
}

/** Goes by the body, not by its header, because an HTML page that claims to be JSON is a fault to be found. */
function readBody(text: string, contentType: string, unmasked = false): Body {
  const trimmed = text.trim();
  if (trimmed === '') return { kind: 'empty' };
  const event = contentType.includes('text/event-stream') ? /^data: ?(.*)$/m.exec(trimmed)?.[1] : undefined;
  const json = readJson(event ?? trimmed, unmasked);
  if (json !== undefined) return json;
  if (/^<(?:!doctype|html|head|body|\?xml)/i.test(trimmed))
    return { kind: 'html', excerpt: printable(textOfPage(trimmed), 600) };
  return { kind: 'text', excerpt: printable(trimmed, 600) };
}

async function collect(response: IncomingMessage): Promise<string> {
  // An event stream stays open after its first message.
  const isStream = response.headers['content-type']?.includes('text/event-stream') === true;
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > largestBody)
      throw Object.assign(new Error(`more than ${largestBody} bytes`), { code: 'ERR_BODY_TOO_LARGE' });
    chunks.push(chunk);
    if (isStream && /^data: ?.+\r?\n\r?\n/m.test(Buffer.concat(chunks).toString('utf8'))) break;
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** An answer as it came: stated by a test, or read by `probe`. */
export interface RawAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly body: string;
}

function headersOf(headers: RawAnswer['headers']): Headers {
  const kept = keptHeaders.flatMap((name) => {
    const value = headers[name];
    return value === undefined ? [] : [[name, printable(String(value), 2000)] as const];
  });
  return Object.fromEntries(kept);
}

/** @returns an answer as a fact: the headers that are kept, and the body as far as a check needs it, masked. */
export function readAnswer(url: string, { status, headers, body }: RawAnswer, unmasked = false): ProbeResult {
  const type = String(headers['content-type'] ?? '');
  return { answered: true, url, status, headers: headersOf(headers), body: readBody(body, type, unmasked) };
}

function bodyOf({ json, form }: ProbeRequest): { readonly text: string | undefined; readonly type: string } {
  if (form !== undefined)
    return { text: new URLSearchParams(form).toString(), type: 'application/x-www-form-urlencoded' };
  return { text: json === undefined ? undefined : JSON.stringify(json), type: 'application/json' };
}

async function send(
  request: ProbeRequest,
  options: ProbeOptions,
  signal: AbortSignal,
): Promise<IncomingMessage> {
  const url = new URL(request.url);
  const { text: body, type } = bodyOf(request);
  const { via } = options;
  const secure = url.protocol === 'https:' && via === undefined;
  const connect: RequestOptions = {
    method: request.method ?? 'GET',
    path: url.pathname + url.search,
    host: via?.host ?? url.hostname.replace(/^\[|\]$/g, ''),
    port: via?.port ?? (url.port === '' ? (secure ? 443 : 80) : Number(url.port)),
    headers: {
      host: url.host,
      accept: 'application/json, text/event-stream',
      'user-agent': 'scalekit-mcp-doctor',
      ...(body === undefined ? {} : { 'content-type': type, 'content-length': Buffer.byteLength(body) }),
      ...request.headers,
    },
    agent: false,
    signal,
  };
  // Loading node:https takes 20 ms, which a local run does not need.
  const open = secure ? (await import('node:https')).request : httpRequest;
  return await new Promise((resolve, reject) => {
    open(connect, resolve).on('error', reject).end(body);
  });
}

/** AggregateError (one error per address) says the same thing several times. */
function firstCause(error: unknown): NodeJS.ErrnoException {
  if (error instanceof AggregateError && error.errors[0] instanceof Error) return error.errors[0];
  return error instanceof Error ? error : new Error(String(error));
}

/** OpenSSL’s messages are positions in its own source, with the reason in between. */
function plainWords(message: string): string {
  const reason = /SSL routines:[^:]*:([^:]+):/.exec(message)?.[1];
  return reason === undefined ? message : `TLS: ${reason}`;
}

/** @returns how long a request may take, in milliseconds. */
function limitOf({ milliseconds = 5000, deadline = Number.POSITIVE_INFINITY }: ProbeOptions): number {
  return Math.max(1, Math.min(milliseconds, deadline - Date.now()));
}

/**
 * Makes one request and turns whatever happens into a fact. Redirects are not followed: they are a fact too.
 * @throws only what aborted `options.signal`; every other failure is a result.
 */
export async function probe(request: ProbeRequest, options: ProbeOptions): Promise<ProbeResult> {
  const milliseconds = limitOf(options);
  // Our own timer, because Node 20 may garbage-collect AbortSignal.any of AbortSignal.timeout before it fires.
  const limit = new AbortController();
  const end = () => limit.abort();
  const timer = setTimeout(end, milliseconds);
  // Every request in flight listens to it. More than ten are no leak, but Node would warn about one on stderr.
  setMaxListeners(0, options.signal);
  options.signal.addEventListener('abort', end, { once: true });
  const { signal } = limit;
  let response: IncomingMessage | undefined;
  try {
    options.signal.throwIfAborted();
    response = await send(request, options, signal);
    const text = await collect(response);
    const session = response.headers['mcp-session-id'];
    if (typeof session === 'string') options.onSession?.(session);
    const raw = { status: response.statusCode ?? 0, headers: response.headers, body: text };
    return readAnswer(request.url, raw, options.unmasked);
  } catch (thrown) {
    options.signal.throwIfAborted();
    const error = signal.aborted
      ? Object.assign(new Error(`no answer within ${Math.ceil(milliseconds / 1000)} s`), {
          code: 'ETIMEDOUT',
        })
      : firstCause(thrown);
    return {
      answered: false,
      url: request.url,
      failure: failureOf(error),
      message: printable(plainWords(error.message)),
    };
  } finally {
    clearTimeout(timer);
    options.signal.removeEventListener('abort', end);
    response?.destroy();
  }
}
