import type { ScalekitFacts, ServerFacts } from './facts.ts';
import type { Answer } from './probe.ts';

/** Reads facts for checks: what an answer says once its envelope is off. Pure, and never throws. */

/** @returns the JSON object of a 200 answer, or undefined. */
export function objectOf(answer: Answer): Readonly<Record<string, unknown>> | undefined {
  if (!answer.answered || answer.status !== 200 || answer.body.kind !== 'json') return undefined;
  const { value } = answer.body;
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : undefined;
}

/** @returns the strings of a JSON array; anything else is left out. */
export function strings(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((item): item is string => typeof item === 'string') : [];
}

/** @returns what was answered in a few words, e.g. `404 (an HTML page)` or `no answer within 5 s`. */
export function summary(answer: Answer): string {
  if (!answer.answered) return answer.message;
  const kinds = { empty: '', json: '', html: ' (an HTML page)', text: ' (not JSON)' } as const;
  return `${answer.status}${kinds[answer.body.kind]}`;
}

/** A Bearer challenge of `WWW-Authenticate` (RFC 6750 §3): its parameters by name, in lower case. */
export type Challenge = Readonly<Record<string, string>>;

/** @returns the Bearer challenge of an answer, or undefined where it has none. */
export function challengeOf(answer: Answer): Challenge | undefined {
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

/** @returns whether an answer to an MCP message came from an MCP server: a 401, or JSON-RPC that is not "not found". */
export function isMcpAnswer(answer: Answer): boolean {
  if (!answer.answered || answer.status === 404 || answer.status === 405) return false;
  if (answer.status === 401) return true;
  if (answer.body.kind !== 'json') return false;
  const { value } = answer.body;
  return typeof value === 'object' && value !== null && 'jsonrpc' in value;
}

/** @returns the authorization server's keys (a JWK set, RFC 7517), or undefined where it gave none. */
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
