// Suggestions for a variable of a URI or an argument of a prompt, while a person types it.
import type { CompleteResult } from '@modelcontextprotocol/server';
import type { ListingCall } from './call.ts';

/**
 * @param typed what the person has typed so far.
 * @param known the other values, as far as they are chosen.
 * @returns suggestions, the best first.
 */
export type Completer<Scope extends string = string> = (
  typed: string,
  call: ListingCall<Scope>,
  known: Readonly<Record<string, string>>,
) => readonly string[] | Promise<readonly string[]>;

/** A completer for each name that has one. */
export type Complete<Name extends string, Scope extends string = string> = {
  readonly [name in Name]?: Completer<Scope>;
};

/** As many as the protocol allows in one answer. */
const most = 100;

/** @throws TypeError if a completer is for a name that does not exist. */
export function completersOf<Scope extends string>(
  complete: Complete<string, Scope> | undefined,
  names: readonly string[],
  owner: string,
): ReadonlyMap<string, Completer> {
  const completers = new Map(Object.entries(complete ?? {})) as Map<string, Completer>;
  for (const name of completers.keys())
    if (!names.includes(name)) throw new TypeError(`${owner} completes ${name}, which it does not have`);
  return completers;
}

/** @returns the suggestions in MCP's form. */
export function completionOf(values: readonly string[]): CompleteResult {
  return {
    completion: { values: values.slice(0, most), total: values.length, hasMore: values.length > most },
  };
}
