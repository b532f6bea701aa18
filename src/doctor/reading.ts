import { isLoopback } from '../scalekit/index.ts';
import type { ScalekitFacts, ServerFacts } from './facts/index.ts';
import type { ProbeResult } from './probe.ts';

/** Reads facts for checks: what an answer says, apart from its transport. Pure; never throws. */

/** @returns the JSON object of a 200 answer, or undefined. */
export function objectOf(answer: ProbeResult): Readonly<Record<string, unknown>> | undefined {
  if (!answer.answered || answer.status !== 200 || answer.body.kind !== 'json') return undefined;
  return objectIn(answer.body.value);
}

/** @returns a value as an object, or undefined if it is not one. */
export function objectIn(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : undefined;
}

/** @returns the JSON object in a text, or undefined. */
export function parseObject(text: string | undefined): Readonly<Record<string, unknown>> | undefined {
  try {
    return objectIn(JSON.parse(text ?? ''));
  } catch {
    return undefined;
  }
}

/** @returns the reason that a server gives for a refusal: from its challenge, its JSON error, or a short text. */
export function reasonOf(answer: ProbeResult): string {
  if (!answer.answered) return '';
  const challenge = challengeOf(answer);
  const { body } = answer;
  const document = body.kind === 'json' ? objectIn(body.value) : undefined;
  const error = objectIn(document?.error);
  const said = [
    challenge?.error,
    challenge?.error_description,
    objectIn(error?.data)?.reason,
    error?.message,
    document?.error,
    document?.error_description,
    document?.message,
    document?.detail,
    body.kind === 'text' ? body.excerpt : undefined,
  ];
  // A server may well say the same in its challenge and in its body.
  return [...new Set(said.filter((word) => typeof word === 'string'))].join('; ');
}

/** @returns the refusal of a call without a token: of the first message, or of a later one where that is open to all. */
export function refusalOf(server: ServerFacts): ProbeResult {
  return server.laterRefusal ?? server.noToken;
}

/** @returns whether the first message is answered whatever token comes with it, which says nothing about the token check. */
export function asksNobody(server: ServerFacts): boolean {
  return succeeded(server.noToken) && callsWithBadToken(server).every(({ answer }) => succeeded(answer));
}

/** @returns the strings in a JSON array, without anything else. */
export function strings(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((item): item is string => typeof item === 'string') : [];
}

/** @returns the answer in a few words, e.g. `404 (an HTML page)` or `no answer within 5 s`. */
export function summary(answer: ProbeResult): string {
  if (!answer.answered) return answer.message;
  const kinds = { empty: '', json: '', html: ' (an HTML page)', text: ' (not JSON)' } as const;
  return `${answer.status}${kinds[answer.body.kind]}`;
}

/** A Bearer challenge of `WWW-Authenticate` (RFC 6750 §3): its parameters by name, in lower case. */
export type Challenge = Readonly<Record<string, string>>;

/** @returns the Bearer challenge of an answer, or undefined if it has none. */
export function challengeOf(answer: ProbeResult): Challenge | undefined {
  const header = answer.answered ? answer.headers['www-authenticate'] : undefined;
  const start = header === undefined ? -1 : header.search(/\bbearer\b/i);
  if (header === undefined || start < 0) return undefined;
  const parameters = header
    .slice(start + 'bearer'.length)
    .matchAll(/([a-z_-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,]+))/gi);
  return Object.fromEntries(
    [...parameters].map(([, name = '', quoted, bare]) => [
      name.toLowerCase(),
      quoted?.replaceAll(/\\(.)/g, '$1') ?? bare ?? '',
    ]),
  );
}

/**
 * @returns whether an answer to an MCP message came from an MCP server: a 401 that is no page or password prompt, or JSON-RPC
 * that is not "not found".
 */
export function isMcpAnswer(answer: ProbeResult): boolean {
  if (!answer.answered || answer.status === 404 || answer.status === 405) return false;
  if (answer.status === 401)
    return (
      answer.body.kind !== 'html' &&
      !/^\s*(?:basic|digest|negotiate|cloudflare)/i.test(answer.headers['www-authenticate'] ?? '')
    );
  if (answer.body.kind !== 'json') return false;
  const { value } = answer.body;
  return typeof value === 'object' && value !== null && 'jsonrpc' in value;
}

/** @returns whether an MCP server is behind the endpoint: its answer to a message says so, or its metadata. */
export function isMcpServer(server: ServerFacts): boolean {
  const { noToken } = server;
  // Its metadata may be there even if MCP is at another path or uses another transport.
  if (noToken.answered && [404, 405, 410].includes(noToken.status)) return false;
  return isMcpAnswer(noToken) || resourceMetadata(server) !== undefined;
}

/** @returns whether the first message was accepted: a result, not an error in a 200. */
export function isServed(answer: ProbeResult): boolean {
  if (!answer.answered || answer.status < 200 || answer.status > 299 || answer.body.kind !== 'json')
    return false;
  const message = objectIn(answer.body.value);
  return message?.jsonrpc === '2.0' && message.error === undefined;
}

/** @returns whether it is the SSE transport from before 2025: it opens a stream, but does not answer calls. */
export function isOldStream(answer: ProbeResult | undefined): boolean {
  return (
    answer?.answered === true &&
    answer.status === 200 &&
    (answer.headers['content-type'] ?? '').includes('text/event-stream')
  );
}

/** @returns whether an answer did not come in time, which may be this machine's load, and is no answer of the server's. */
export function isSilent(answer: ProbeResult): boolean {
  return !answer.answered && answer.failure === 'timeout';
}

/** @returns whether an answer is a success. */
export function succeeded(answer: ProbeResult): boolean {
  return answer.answered && answer.status >= 200 && answer.status < 300;
}

/** @returns the code of a JSON-RPC error, or undefined if the answer is none. */
export function rpcErrorOf(answer: ProbeResult): number | undefined {
  if (!answer.answered || answer.body.kind !== 'json') return undefined;
  const document = objectIn(answer.body.value);
  const error = document?.jsonrpc === '2.0' ? objectIn(document.error) : undefined;
  return error === undefined ? undefined : Number(error.code ?? 0);
}

/** @returns whether a token was refused for its scopes alone (RFC 6750 §3.1). */
export function lacksScope(answer: ProbeResult): boolean {
  return answer.answered && answer.status === 403 && /insufficient[_ ]scope/i.test(reasonOf(answer));
}

/** @returns whether a call got past the token check and failed there, or found nothing. 503 is about the keys. */
export function isBroken(answer: ProbeResult): boolean {
  return answer.answered && [404, 405, 500, 501, 502, 504].includes(answer.status);
}

/** @returns the authorization server's keys (a JWK set, RFC 7517), or undefined if it gave none. */
export function keyList(
  scalekit: ScalekitFacts,
): ReadonlyArray<Readonly<Record<string, unknown>>> | undefined {
  const keys = objectOf(scalekit.keys)?.keys;
  if (!Array.isArray(keys)) return undefined;
  return keys.filter((key): key is Record<string, unknown> => typeof key === 'object' && key !== null);
}

/** @returns the server's protected resource metadata: the path form, or the root form where that is missing. */
export function resourceMetadata(server: ServerFacts): Readonly<Record<string, unknown>> | undefined {
  return objectOf(server.metadata) ?? objectOf(server.metadataRoot);
}

/** @returns the authorization server's metadata in whichever form it answers. */
export function authorizationMetadata(
  scalekit: ScalekitFacts,
): Readonly<Record<string, unknown>> | undefined {
  return objectOf(scalekit.metadata) ?? objectOf(scalekit.metadataAppended);
}

/** Why an authorization server did not answer. Each cause but `unknown` is definite, and has its own finding. */
export interface Silence {
  readonly cause: 'no such host' | 'no trusted certificate' | 'not running' | 'unknown';
  readonly message: string;
}

/** @returns why nothing was answered, or undefined if something was. */
export function silenceOf(scalekit: ScalekitFacts): Silence | undefined {
  const answers = [scalekit.metadata, scalekit.metadataAppended, scalekit.keys];
  const [first] = answers;
  if (first === undefined || first.answered || answers.some(({ answered }) => answered)) return undefined;
  const { failure, message } = first;
  if (failure === 'no-such-host' && scalekit.namesResolve) return { cause: 'no such host', message };
  if (failure === 'tls') return { cause: 'no trusted certificate', message };
  const isLocal = isLoopback(new URL(scalekit.issuer));
  return { cause: failure === 'refused' && isLocal ? 'not running' : 'unknown', message };
}

/** @returns whether a web page was answered where a document for programs was asked for. */
export function isPage(answer: ProbeResult): boolean {
  return answer.answered && answer.body.kind === 'html';
}

/** @returns whether an answer sends the client elsewhere. */
export function isRedirect(answer: ProbeResult): boolean {
  return answer.answered && [301, 302, 303, 307, 308].includes(answer.status);
}

/** @returns whether an answer asks for credentials, or refuses, where a document should be open. */
export function isGuarded(answer: ProbeResult): boolean {
  return answer.answered && (answer.status === 401 || answer.status === 403) && !isFirewall(answer);
}

/** @returns whether something in front of the server answered: a bot check, a web application firewall. */
export function isFirewall(answer: ProbeResult): boolean {
  if (!answer.answered) return false;
  if (answer.headers['cf-mitigated'] !== undefined) return true;
  if (answer.body.kind === 'text' && /^RBAC: access denied/.test(answer.body.excerpt)) return true;
  return [403, 406, 429, 503].includes(answer.status) && answer.body.kind === 'html';
}

/** A call and what was sent with it, in words. */
export interface Call {
  readonly what: string;
  readonly answer: ProbeResult;
}

/** @returns the calls with a token that must be refused. */
export function callsWithBadToken(server: ServerFacts): readonly Call[] {
  return [
    { what: 'a malformed token', answer: server.garbageToken },
    { what: 'a token that nobody has signed', answer: server.unsignedToken },
    { what: 'a token that a stranger has signed', answer: server.forgedToken },
    { what: 'an expired token that a stranger has signed', answer: server.expiredToken },
  ];
}

/** @returns all calls that must be refused. */
export function callsWithoutGoodToken(server: ServerFacts): readonly Call[] {
  return [{ what: 'a call without a token', answer: server.noToken }, ...callsWithBadToken(server)];
}

/** @returns the names in an answer to `tools/list`, or undefined if it is no such list. */
export function toolsOf(answer: ProbeResult): readonly string[] | undefined {
  const result = objectOf(answer)?.result;
  const tools = typeof result === 'object' && result !== null && 'tools' in result ? result.tools : undefined;
  if (!Array.isArray(tools)) return undefined;
  return tools.map((tool: unknown) =>
    typeof tool === 'object' && tool !== null && 'name' in tool ? String(tool.name) : '?',
  );
}
