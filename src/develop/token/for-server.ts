import type { Context } from '../../terminal/context.ts';
import { type TokenSource, wishOf } from './source.ts';
import { type TokenOptions, targetOf } from './target.ts';

export type { TokenOptions } from './target.ts';

/**
 * Decides which server, which authorization server and which token. Nothing else does.
 * @throws UsageError if there is no server, or an option is wrong.
 */
export async function tokenSource(options: TokenOptions, context: Context): Promise<TokenSource> {
  const target = targetOf(options, context);
  if (target.local !== undefined) {
    const { localSource } = await import('./local-source.ts');
    return localSource(target.endpoint, target.local, options, context);
  }
  const { SignInSource } = await import('./sign-in-source.ts');
  return new SignInSource(target, options, context);
}

/**
 * Gets an access token for the project's server, or that of `--url`, with the scopes of `--scopes`, else with all of them.
 * @throws as `tokenSource` and `TokenSource.take`.
 */
export async function tokenFor(options: TokenOptions, context: Context): Promise<string> {
  const source = await tokenSource(options, context);
  return (await source.take(wishOf(options, { kind: 'all' }))).token;
}
