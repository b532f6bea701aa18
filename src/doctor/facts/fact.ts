/** A fact, or why there is none. A check that needs a missing fact is skipped, never guessed. */
export type Fact<T> =
  | { readonly known: true; readonly value: T }
  | { readonly known: false; readonly why: string };

/** A fact that was found out. */
export function known<T>(value: T): Fact<T> {
  return { known: true, value };
}

/** @param why a sentence without a full stop, as a report prints it. */
export function missing(why: string): Fact<never> {
  return { known: false, why };
}
