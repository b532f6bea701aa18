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
 * Masks everything in a text that looks like a secret, a token or a URL's password. The prefix that names its kind stays. A short
 * secret is recognised only where its prefix starts a word (`tasks_read` contains `sks_`); a long one anywhere, for example after
 * the `\n` in a JSON text (docs/scalekit.md#identifiers-and-hosts). The text can come from a hostile server: no pattern here goes
 * over the same part of it again and again.
 */
export function maskSecrets(text: string): string {
  return (
    text
      .replaceAll(/(?<!\w)(skcs_|sks_|test_)[\w-]{4,}/g, '$1…(masked)')
      .replaceAll(/(skcs_|sks_|test_)([\w-]{12,})/g, (word, prefix: string, rest: string) =>
        /\d/.test(rest) ? `${prefix}…(masked)` : word,
      )
      // A token (JWS or JWE), cut short or not.
      .replaceAll(/(eyJ)[\w-]{8,}(?:\.[\w-]*)*/g, '$1…(masked)')
      // The user name and password of a URL, with its scheme and without.
      .replaceAll(/\/\/[^\s/?#]*@/g, '//…@')
      .replaceAll(/[^\s/"'{}]+/g, withoutPassword)
  );
}

/** @param run text without a space or a slash. @returns it without `name:password` before its last `@`. */
function withoutPassword(run: string): string {
  const end = run.lastIndexOf('@');
  const name = /(?<![^:@])[^:@]+:/.exec(run.slice(0, Math.max(0, end - 1)));
  return name === null ? run : `${run.slice(0, name.index)}…${run.slice(end)}`;
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
