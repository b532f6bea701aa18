// Every way in which a tool, a resource or a prompt has to be refused for a missing scope.
import { missingScopes } from '../authenticate.ts';
import type { Scopes } from '../scopes.ts';

/** A declared tool, resource or prompt. */
export interface Denied {
  readonly scopes: readonly string[];
  readonly listing: { readonly name: string };
}

/** A refusal that has to come. */
export interface Denial {
  /** The name of the tool, the resource or the prompt. */
  readonly name: string;
  /** The scope that the token lacks. */
  readonly missing: string;
  /** What the token has in its place: every scope that does not include the missing one. */
  readonly granted: readonly string[];
  /** What the client is told. */
  readonly error: string;
}

/**
 * @returns for everything that was declared and each scope that it needs, a token that lacks just that one, and the refusal it has to meet.
 *
 * @example
 * for (const { name, missing, granted, error } of denials(tools, scopes))
 *   it(`answers 403 to ${name} without ${missing}`, async () => {
 *     const answer = await server.call(name, {}, { scopes: granted });
 *     assert.deepEqual([answer.status, answer.error], [403, error]);
 *   });
 */
export function denials(declared: readonly Denied[], scopes: Scopes): readonly Denial[] {
  return declared.flatMap(({ listing, scopes: needed }) =>
    needed.map((missing) => {
      const granted = scopes.names.filter((name) => !scopes.grantedBy([name]).has(missing));
      const error = missingScopes(needed, scopes.grantedBy(granted), scopes)?.description ?? '';
      return { name: listing.name, missing, granted, error };
    }),
  );
}
