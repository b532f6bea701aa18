/**
 * Why a value was refused. Every field is for the person reading it; `actual` is already safe to print
 * (a secret that was pasted into the wrong place is masked).
 */
export interface Problem {
  /** Machine-readable name of the broken rule, e.g. `environment-url/no-scheme`. */
  readonly code: string;
  /** What happened, as one sentence without a full stop. */
  readonly reason: string;
  /** The value that was wrong, safe to print. */
  readonly actual: string;
  /** What would have been right. */
  readonly expected: string;
}

/** A checked value, with a note (a sentence) for each correction that was made to it; or the problem with it. */
export type Checked<T> =
  | { readonly ok: true; readonly value: T; readonly notes: readonly string[] }
  | { readonly ok: false; readonly problem: Problem };

/** @returns an accepted value, with the corrections that were made to it. */
export function accept<T>(value: T, notes: readonly string[] = []): Checked<T> {
  return { ok: true, value, notes };
}

/** @returns a refusal. `actual` is masked where it looks like a secret. */
export function refuse(code: string, reason: string, actual: string, expected: string): Checked<never> {
  return { ok: false, problem: { code, reason, actual: printable(actual), expected } };
}

/**
 * Patterns that are never printed, each with its replacement. A short secret is recognised only where its prefix starts a
 * word (`tasks_read` contains `sks_`); a long one anywhere, for example after the `\n` in a JSON text
 * (docs/scalekit.md#identifiers-and-hosts).
 */
const secretShapes: ReadonlyArray<readonly [RegExp, string]> = [
  [/(?<!\w)(skcs_|sks_|test_)[\w-]{4,}/g, '$1…(masked)'],
  [/(skcs_|sks_|test_)(?=[\w-]*\d)[\w-]{12,}/g, '$1…(masked)'],
  // A token (JWS or JWE), cut short or not.
  [/(eyJ)[\w-]{8,}(?:\.[\w-]*)*/g, '$1…(masked)'],
  // The user name and password of a URL, with its scheme and without.
  [/\/\/[^\s/?#]*@/g, '//…@'],
  [/(?<![^\s/:@"'{}])[^\s/:@"'{}]+:[^\s/"'{}]+@/g, '…@'],
];

/** Masks everything in a text that looks like a secret, a token or a URL's password. The prefix that names its kind stays. */
export function maskSecrets(text: string): string {
  return secretShapes.reduce((masked, [shape, mask]) => masked.replaceAll(shape, mask), text);
}

/**
 * Characters that a terminal acts on or that are invisible: control characters, line and paragraph separators, text
 * direction, zero width, tags and fillers, unpaired surrogates.
 */
export const unseen = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{DI}]|(?! )\p{Zs}/gu;

function escapeCharacter(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  return code <= 0xff ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u{${code.toString(16)}}`;
}

/**
 * Makes text from outside safe to print: secrets and tokens are masked, control and invisible characters (terminal
 * escapes, line breaks) are shown as `\xNN` or `\u{NNNN}`, and a long value is cut.
 * @param longest in UTF-16 code units, not counting the ellipsis.
 */
export function printable(text: string, longest = 200): string {
  // Cut before masking too, so that a paste of megabytes costs nothing.
  const escaped = maskSecrets(text.slice(0, longest * 20)).replaceAll(unseen, escapeCharacter);
  return escaped.length > longest ? `${escaped.slice(0, longest).replace(/[\ud800-\udbff]$/, '')}…` : escaped;
}
