import { text as readAll } from 'node:stream/consumers';
import { type Diagnosis, diagnose } from '../../doctor/diagnose.ts';
import { gatherVerdictFacts } from '../../doctor/gather/index.ts';
import type { CheckResult } from '../../doctor/model.ts';
import { printable } from '../../scalekit/index.ts';
import { type Context, type ExitCode, exitCodes } from '../../terminal/context.ts';
import { UsageError } from '../../terminal/errors.ts';
import { styled } from '../../terminal/screen.ts';
import { tokenFor } from './for-server.ts';
import { checkUrl, type TokenOptions } from './target.ts';

/** What each claim means (RFC 9068, RFC 7519 and Scalekit's own). */
const meanings: Readonly<Record<string, string>> = {
  iss: 'who issued it',
  aud: 'for which server',
  sub: 'whose it is',
  client_id: 'which client got it',
  scope: 'what it may do',
  scopes: 'what it may do',
  scp: 'what it may do',
  iat: 'issued',
  nbf: 'good from',
  exp: 'good until',
  jti: "the token's own id",
  sid: 'the session',
  oid: 'the organization',
  org_id: 'the organization',
};

const times: ReadonlySet<string> = new Set(['iat', 'nbf', 'exp']);

/** @returns a time for display: `in 12 min`, `3 h ago`. */
export function relativeTime(seconds: number, now = Date.now() / 1000): string {
  const distance = Math.round(seconds - now);
  const size = Math.abs(distance);
  const units: ReadonlyArray<readonly [number, string]> = [
    [86_400, 'd'],
    [3600, 'h'],
    [60, 'min'],
    [1, 's'],
  ];
  const [length, unit] = units.find(([each]) => size >= each) ?? [1, 's'];
  const amount = `${Math.round(size / length)} ${unit}`;
  return distance === 0 ? 'now' : distance > 0 ? `in ${amount}` : `${amount} ago`;
}

function decode(part: string | undefined): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(part ?? '', 'base64url').toString('utf8'));
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}

function shown(name: string, value: unknown): string {
  if (times.has(name) && typeof value === 'number') return `${relativeTime(value)} (${value})`;
  return printable(typeof value === 'string' ? value : JSON.stringify(value));
}

function linesOf(part: Readonly<Record<string, unknown>>): readonly string[] {
  const width = Math.max(...Object.keys(part).map((name) => name.length), 8) + 2;
  return Object.entries(part).map(([name, value]) => {
    const meaning = meanings[name];
    return `  ${printable(name).padEnd(width)}${shown(name, value)}${meaning === undefined ? '' : `  · ${meaning}`}`;
  });
}

async function readToken(
  given: string | undefined,
  options: TokenOptions,
  context: Context,
): Promise<string> {
  if (given === '-' || (given === undefined && context.stdin.isTTY !== true)) {
    const piped = (await readAll(context.stdin)).trim();
    if (piped !== '' || given === '-') return piped;
  }
  return given ?? tokenFor(options, context);
}

function isError({ state, level }: CheckResult): boolean {
  return state === 'found' && level === 'error';
}

/** @returns the sentence that says what the server does, and the exit code that goes with it. */
function outcomeOf({ results, refusals }: Diagnosis, context: Context): readonly [string, ExitCode] {
  if (refusals === undefined) {
    const { detail = '' } = results.find(({ state }) => state === 'skipped') ?? {};
    const why = detail === '' ? '' : ` ${printable(detail, 500)}.`;
    return [
      `${styled(context, 'yellow', '?')} Whether the server takes it could not be found out.${why}`,
      exitCodes.unchecked,
    ];
  }
  if (refusals.length > 0) return [`${styled(context, 'red', '✗')} Refused (401):`, exitCodes.failed];
  return results.some(isError)
    ? [`${styled(context, 'yellow', '!')} Accepted, but of no use:`, exitCodes.ok]
    : [`${styled(context, 'green', '✓')} Accepted: this server takes it.`, exitCodes.ok];
}

/**
 * Says what a token contains, and what the server answers to it and why.
 * @param jwt the token; `-` reads stdin; without one, a new one from the local Scalekit.
 * @returns 0 if a server that follows the rules accepts it, 1 if it refuses, 3 if that cannot be found out.
 */
export async function explainToken(
  jwt: string | undefined,
  options: TokenOptions,
  context: Context,
): Promise<ExitCode> {
  const token = (await readToken(jwt, options, context)).replace(/^bearer\s+/i, '');
  const [head, body] = token.split('.');
  const [header, claims] = [decode(head), decode(body)];
  if (header === undefined || claims === undefined)
    throw new UsageError('This is not a JWT: it has no header and claims that can be read.', {
      code: 'token/unreadable',
      next: 'scalekit-mcp token explain <jwt>',
    });
  const { cwd: directory, env, signal } = context;
  const other = options.url === undefined ? {} : { url: checkUrl(options.url) };
  const facts = await gatherVerdictFacts({ directory, env, signal, ...other }, token);
  const diagnosis = diagnose(facts, { selection: { only: ['token'], skip: [] }, failOn: 'error' });
  const [outcome, exitCode] = outcomeOf(diagnosis, context);
  const say = (line: string) => context.stdout.write(`${line}\n`);
  for (const line of ['Header', ...linesOf(header), '', 'Claims', ...linesOf(claims), '', outcome]) say(line);
  for (const { code, title, actual, expected } of diagnosis.results.filter(isError)) {
    say(`  ${code} ${title}`);
    if (actual !== undefined) say(`    got       ${actual}`);
    if (expected !== undefined) say(`    expected  ${expected}`);
  }
  return exitCode;
}
