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

/** A checked value with what was corrected on the way (each note is a sentence), or the problem with it. */
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

/** Scalekit's secrets (`skcs_`, `sks_`, `test_`) and anything shaped like a JWT (facts: Scalekit, identifiers). */
const secretShape = /(?:skcs_|sks_|test_)[\w-]{4,}|eyJ[\w-]+\.[\w-]+\.[\w-]*/g;

/**
 * Makes text from outside safe to print: secrets and tokens are masked, control characters (terminal escapes,
 * line breaks) are shown as `\xNN`, and a long value is cut at 200 characters.
 */
export function printable(text: string): string {
  const masked = text.replace(secretShape, (secret) => `${secret.slice(0, 5)}…(masked)`);
  const escaped = masked.replace(
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
    /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g,
    (character) => `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`,
  );
  return escaped.length > 200 ? `${escaped.slice(0, 200)}…` : escaped;
}
