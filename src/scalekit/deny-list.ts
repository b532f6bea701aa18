import { accept, type Checked, refuse } from './checked.ts';
import { isUrl } from './urls.ts';

/**
 * The deny list: tokens and people who are refused although their tokens are good, because Scalekit's access tokens live
 * until they expire (docs/revocation.md). `scalekit-mcp deny` writes it, and servers read it.
 */

/** What is denied, by id (a token's `jti` or `sub`), and until when, in ms since 1970. */
export type Denials = ReadonlyMap<string, number>;

/** @returns the id as tokens have it: `jti` or `sub`. */
export function checkDeniedId(text: string): Checked<string> {
  const expected = 'the jti or the sub of a token, such as tkn_… or usr_…';
  if (/^eyJ[\w-]{8,}/.test(text))
    return refuse(
      'deny/token',
      'This is a whole token, which should not be in a command line',
      text,
      `${expected}: \`scalekit-mcp token explain -\` shows them`,
    );
  return /^[!-~]{1,256}$/.test(text) && !text.startsWith('#')
    ? accept(text)
    : refuse('deny/id', 'This is not an id', text, expected);
}

/** A time with its zone, to the minute at least. */
const absolute = /^\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:\d{2}))?$/;
const units = { m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/**
 * Reads the end of a denial.
 * @param text `2026-12-01T12:00:00Z`, a day (its beginning in UTC), a time from now such as `90m`, `2h` or `7d`, or `now`,
 * which lifts the denial.
 * @param now in ms since 1970.
 * @returns in ms since 1970.
 */
export function checkUntil(text: string, now: number): Checked<number> {
  const expected =
    'a time in the future: 2026-12-01T12:00:00Z, 2026-12-01, or from now on 90m, 2h, 7d; `now` lifts the denial';
  if (text === 'now') return accept(now);
  const [, amount, unit] = /^\+?(\d{1,5})([mhd])$/.exec(text) ?? [];
  const until =
    amount === undefined
      ? Date.parse(absolute.test(text) ? text : '')
      : now + Number(amount) * units[unit as keyof typeof units];
  if (Number.isNaN(until)) return refuse('deny/until', 'This is not a time', text, expected);
  return until > now ? accept(until) : refuse('deny/past', 'This time is over', text, expected);
}

/** @returns the line of a deny file. */
export function denialLine(id: string, until: number): string {
  return `${id} ${new Date(until).toISOString()}`;
}

/**
 * Reads a deny file: an id and a time a line; `#` begins a comment. Of several lines for one id the last counts.
 * @returns the denials, and the numbers of lines that mean nothing.
 */
export function parseDenials(text: string): { readonly denials: Denials; readonly wrong: readonly number[] } {
  const denials = new Map<string, number>();
  const wrong: number[] = [];
  for (const [index, line] of text.split('\n').entries()) {
    const [id, time, ...more] = line
      .replace(/(?:^|\s)#.*$/, '')
      .split(/\s+/)
      .filter(Boolean);
    if (id === undefined) continue;
    const until = Date.parse(absolute.test(time ?? '') ? (time ?? '') : '');
    if (Number.isNaN(until) || more.length > 0) wrong.push(index + 1);
    else denials.set(id, until);
  }
  return { denials, wrong };
}

/**
 * @returns the key of a server's deny list in Redis: a sorted set of ids, whose scores are the times, in ms since 1970. Several
 * servers can share a Redis.
 */
export function denialsKey(resourceId: string): string {
  return `scalekit-mcp:${resourceId}:denied`;
}

/** In ms. How long a denial whose time is over stays in that set, so that every server sees that it was lifted. */
export const liftedDenialsStay = 60 * 60 * 1000;

/** @returns the URL of a Redis server. A password in it is masked where it is refused. */
export function checkRedisUrl(text: string): Checked<string> {
  const url = isUrl(text) ? new URL(text) : undefined;
  return url !== undefined && /^rediss?:$/.test(url.protocol) && url.hostname !== ''
    ? accept(text)
    : refuse(
        'redis-url',
        'This is not the URL of a Redis server',
        text,
        'redis://<host>:<port>, or rediss:// with TLS, with its user and password where it has any',
      );
}
