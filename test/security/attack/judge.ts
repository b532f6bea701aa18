import type { Attack, AttackCase, Expectation, Kit, Target } from './types.ts';
import { type Exchange, headerOf, lastAnswer, type WireAnswer } from './wire.ts';

const list = <T>(value: T | readonly T[]): readonly T[] =>
  Array.isArray(value) ? (value as readonly T[]) : [value as T];

/** What a stack trace, a file's path or a framework's error page looks like. */
const leak =
  /\bat (?:async )?[\w.<>$ ]*\(?(?:file:\/\/|node:|\/)[^\s)]*:\d+:\d+|node_modules|\/(?:home|root|usr|tmp|var|work)\/[\w.-]+\/|<html|<!doctype|<pre>|JOSEError|JWSSignatureVerificationFailed|JWTClaimValidationFailed|ECONNREFUSED/i;

/** Headers that tell an attacker what runs here. */
const fingerprints = ['server', 'x-powered-by', 'via', 'x-aspnet-version', 'x-runtime'];

/** Node's own HTTP parser answers some requests before any handler sees them: with nothing but a status line. */
const isBare = (answer: WireAnswer): boolean =>
  answer.body === '' && headerOf(answer, 'content-type') === undefined;

function parameterOf(challenge: string, name: string): string | undefined {
  return new RegExp(`[ ,]${name}="([^"]*)"`).exec(challenge)?.[1];
}

/** Rules of every 401 and 403 challenge (RFC 6750 §3, RFC 9728 §5.1). */
function judgeChallenge(target: Target, answer: WireAnswer): string[] {
  const challenges = answer.headers.filter(([name]) => name.toLowerCase() === 'www-authenticate');
  if (challenges.length !== 1) return [`${challenges.length} WWW-Authenticate headers, expected 1`];
  const challenge = challenges[0]?.[1] ?? '';
  const complaints: string[] = [];
  if (!/^Bearer /.test(challenge)) complaints.push(`the challenge is not Bearer: ${challenge}`);
  const metadata = parameterOf(challenge, 'resource_metadata');
  if (metadata !== target.metadataUrl)
    complaints.push(`resource_metadata is ${metadata}, expected ${target.metadataUrl}`);
  // RFC 6750 §3: error_description must not include characters outside %x20-21 / %x23-5B / %x5D-7E.
  if (/[^\x20-\x7e]/.test(challenge)) complaints.push('the challenge has characters outside of ASCII');
  return complaints;
}

/** Rules of every error answer that a handler has made (docs/mcp.md#transport, error answers). */
function judgeError(answer: WireAnswer): string[] {
  const complaints: string[] = [];
  const want = (name: string, pattern: RegExp) => {
    const value = headerOf(answer, name);
    if (value === undefined || !pattern.test(value))
      complaints.push(`${name} is ${value}, expected ${pattern}`);
  };
  want('cache-control', /\bno-store\b/);
  want('x-content-type-options', /^nosniff$/);
  if (answer.body !== '') {
    want('content-type', /^application\/(?:[\w.-]+\+)?json\b/);
    if (!isJson(answer.body)) complaints.push('the body of the error is not JSON');
  }
  return complaints;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** What no answer may hold: a stack, a path, a fingerprint, or the token that was sent. */
function judgeSecrecy(answer: WireAnswer, secrets: readonly string[]): string[] {
  const complaints: string[] = [];
  const whole = `${answer.body}${JSON.stringify(answer.headers)}`;
  const found = leak.exec(whole);
  if (found) complaints.push(`the answer leaks: ${found[0].slice(0, 80)}`);
  for (const name of fingerprints)
    if (headerOf(answer, name) !== undefined) complaints.push(`the answer has a ${name} header`);
  if (secrets.some((secret) => secret.length > 20 && whole.includes(secret)))
    complaints.push('the answer repeats the token');
  return complaints;
}

/** What a status promises: 401 a challenge, 405 the methods, 429 and 503 a time to come back. */
function judgeStatus(target: Target, answer: WireAnswer): string[] {
  const { status } = answer;
  const complaints: string[] = [];
  if (status >= 500 && status !== 503) complaints.push(`${status} is never right`);
  if (status >= 300 && status < 400) complaints.push(`${status} redirects`);
  if (status === 401) complaints.push(...judgeChallenge(target, answer));
  if (status === 405 && !headerOf(answer, 'allow')) complaints.push('405 without Allow');
  if ((status === 503 || status === 429) && !/^\d+$/.test(headerOf(answer, 'retry-after') ?? ''))
    complaints.push(`${status} without Retry-After in seconds`);
  return complaints;
}

/** Rules that hold for every answer to anyone. */
export function judgeAlways(target: Target, answer: WireAnswer, secrets: readonly string[] = []): string[] {
  if (answer.status === 0) return [];
  return [
    ...judgeStatus(target, answer),
    ...judgeSecrecy(answer, secrets),
    ...(answer.status >= 400 && !isBare(answer) ? judgeError(answer) : []),
  ];
}

/** The JSON-RPC messages of an answer, whether it came as JSON or as a stream of events. */
export function messagesOf(answer: WireAnswer): ReadonlyArray<Record<string, unknown>> {
  const isStream = /^(?:event|data|id):/.test(answer.body);
  const text = isStream ? (/^data: ?(.*)$/m.exec(answer.body)?.[1] ?? '') : answer.body;
  if (!isJson(text)) return [];
  const message: unknown = JSON.parse(text);
  return (Array.isArray(message) ? message : [message]).filter(
    (one): one is Record<string, unknown> => typeof one === 'object' && one !== null,
  );
}

/** @returns whether a tool ran in this answer, was refused inside JSON-RPC, or was not called. */
export function callOf(answer: WireAnswer): 'ran' | 'refused' | 'not called' {
  for (const message of messagesOf(answer)) {
    if ('result' in message) return isErrorResult(message.result) ? 'refused' : 'ran';
    if ('error' in message && 'jsonrpc' in message && answer.status === 200) return 'refused';
  }
  return 'not called';
}

const isErrorResult = (result: unknown): boolean =>
  typeof result === 'object' && result !== null && 'isError' in result && result.isError === true;

function judgeHeaders(expect: Expectation, answer: WireAnswer): string[] {
  const complaints: string[] = [];
  for (const [name, wanted] of Object.entries(expect.headers ?? {})) {
    const value = headerOf(answer, name);
    const ok =
      wanted === null
        ? value === undefined
        : value !== undefined && (typeof wanted === 'string' ? value === wanted : wanted.test(value));
    if (!ok) complaints.push(`${name} is ${value}, expected ${wanted === null ? 'none' : wanted}`);
  }
  return complaints;
}

function judgeError6750(expect: Expectation, answer: WireAnswer): string[] {
  // If a case allows 400 as well as 401, a challenge is judged only if there is one.
  if (expect.challenge === undefined || (answer.status !== 401 && answer.status !== 403)) return [];
  const challenge = headerOf(answer, 'www-authenticate') ?? '';
  const error = parameterOf(challenge, 'error') ?? 'no error';
  const complaints =
    error === expect.challenge ? [] : [`the challenge says ${error}, expected ${expect.challenge}`];
  if (expect.challenge === 'invalid_token' && !parameterOf(challenge, 'error_description'))
    complaints.push('invalid_token without error_description');
  const named = parameterOf(challenge, 'scope')?.split(' ') ?? [];
  const missing = expect.scopes?.filter((scope) => !named.includes(scope)) ?? [];
  if (missing.length > 0) complaints.push(`the challenge does not name ${missing.join(', ')}`);
  if (named.includes('offline_access')) complaints.push('the challenge names offline_access');
  return complaints;
}

function judgeCall(expect: Expectation, answer: WireAnswer): string[] {
  const call = callOf(answer);
  const wanted = expect.call ?? 'not called';
  if (wanted === 'either' || call === wanted) return [];
  return [`the tool call was: ${call}, expected: ${wanted}`];
}

function judgeExchange(expect: Expectation, exchange: Exchange, answer: WireAnswer): string[] {
  const complaints: string[] = [];
  const allowed = expect.answersAtMost ?? 1;
  if (exchange.answers.length > allowed)
    complaints.push(`${exchange.answers.length} answers on one connection, expected at most ${allowed}`);
  if (exchange.end === 'timeout') complaints.push('no answer, and the connection stayed open');
  if (expect.withinMs !== undefined && answer.milliseconds > expect.withinMs)
    complaints.push(`took ${Math.round(answer.milliseconds)} ms, expected at most ${expect.withinMs}`);
  if (expect.takesAtMost !== undefined && exchange.bytesSent > expect.takesAtMost)
    complaints.push(`took ${exchange.bytesSent} bytes, expected at most ${expect.takesAtMost}`);
  const also = expect.also?.(exchange, answer);
  return also === undefined ? complaints : [...complaints, also];
}

/** @returns what the case expects of this kit. */
export function expectationOf(attackCase: AttackCase, kit: Kit): Expectation {
  return typeof attackCase.expect === 'function' ? attackCase.expect(kit) : attackCase.expect;
}

/**
 * Compares what came with what must come.
 * @returns complaints, each a phrase; none if the server held.
 */
export function judge(kit: Kit, expect: Expectation, attack: Attack, exchange: Exchange): string[] {
  const answer = lastAnswer(exchange);
  const statuses = list(expect.status);
  const complaints = statuses.includes(answer.status)
    ? []
    : [
        `answered ${answer.status || 'by closing'}, expected ${statuses.map((s) => s || 'a close').join(' or ')}`,
      ];
  if (expect.body && !expect.body.test(answer.body))
    complaints.push(`the body does not match ${expect.body}`);
  const secrets = [attack.token ?? '', ...(attack.token?.split('.') ?? [])];
  return [
    ...complaints,
    ...exchange.answers.flatMap((each) => judgeAlways(kit.target, each, secrets)),
    ...judgeHeaders(expect, answer),
    ...judgeError6750(expect, answer),
    ...judgeCall(expect, answer),
    ...judgeExchange(expect, exchange, answer),
  ];
}
