import { asksForToken } from '../../sign-in/discover.ts';
import type { ScopeWish, Taken, TokenSource } from './source.ts';

/**
 * Gets a token, unless the server lets everybody in: no sign-in is needed for that.
 * @returns undefined if the server asks for none.
 * @throws as `TokenSource.take`; UserError if nothing answers.
 */
export async function tokenIfAsked(
  source: TokenSource,
  wish: ScopeWish,
  signal: AbortSignal,
): Promise<Taken | undefined> {
  const atHand = await source.atHand(wish);
  if (atHand !== undefined) return atHand;
  return (await asksForToken(new URL(source.endpoint), signal)) ? source.take(wish) : undefined;
}
