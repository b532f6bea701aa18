// Every way in which a tool, a resource or a prompt has to be refused because of a missing scope.
import { missingScopes } from '../authenticate.ts';
import type { Scopes } from '../scopes.ts';

/** A declared tool, resource or prompt. */
export interface Denied {
  readonly scopes: readonly string[];
  readonly listing: { readonly name: string };
}

/** An expected refusal. */
export interface Denial {
  /** The name of the tool, the resource or the prompt. */
  readonly name: string;
  /** The scope that the token lacks. */
  readonly missing: string;
  /** What the token has instead: every scope that does not include the missing one. */
  readonly granted: readonly string[];
  /** What the client is told. */
  readonly error: string;
}

/**
 * @returns for everything declared and each scope that it needs, the scopes of a token that lacks only that one, and the refusal.
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
