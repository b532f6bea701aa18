import { mintForProject } from '../../emulator/mint-for-project.ts';
import { scopesOfProject, type WantedScalekit } from '../../emulator/of-project.ts';
import { readBaseScopes } from '../../project/scopes-file.ts';
import type { Context } from '../../terminal/context.ts';
import { UserError } from '../../terminal/errors.ts';
import type { ScopeWish, TokenSource } from './source.ts';
import type { TokenOptions } from './target.ts';

/** Tokens from the project's local Scalekit: immediate, without a person, and never stored. */
export function localSource(
  endpoint: string,
  local: WantedScalekit,
  options: TokenOptions,
  { cwd, env }: Context,
): TokenSource {
  const all = () => scopesOfProject(cwd).scopes.map(({ name }) => name);
  const scopesFor = (wish: ScopeWish): readonly string[] => {
    if (wish.kind === 'all') return all();
    if (wish.kind === 'exactly') return wish.scopes;
    return [...new Set([...(readBaseScopes(cwd) ?? all()), ...wish.scopes])];
  };
  const take = async (wish: ScopeWish) => {
    const scopes = scopesFor(wish);
    const token = await mintForProject(cwd, env, local, { ...options, scopes: scopes.join(' ') });
    return { token, scopes };
  };
  return {
    endpoint,
    take,
    atHand: take,
    stepUp: take,
    replace: async () => {
      throw new UserError(`The server at ${endpoint} refuses a token of the local Scalekit (401).`, {
        code: 'token/refused',
        next: 'npx scalekit-mcp token explain',
      });
    },
    logout: async () => 'The local Scalekit makes a token whenever it is asked for one; nothing is kept.',
  };
}
