// Every way in which a tool has to be refused for a missing scope.
import { missingScopes } from '../authenticate.ts';
import type { Scopes } from '../scopes.ts';
import type { Tool } from '../tool.ts';

/** A refusal that has to come. */
export interface Denial {
  /** The tool's name. */
  readonly tool: string;
  /** The scope that the token lacks. */
  readonly missing: string;
  /** What the token has in its place: every scope that does not include the missing one. */
  readonly granted: readonly string[];
  /** What the client is told. */
  readonly error: string;
}

/**
 * @returns for every tool and each scope that it needs, a token that lacks just that one, and the refusal it has to meet.
 *
 * @example
 * for (const { tool, missing, granted, error } of denials(tools, scopes))
 *   it(`answers 403 to ${tool} without ${missing}`, async () => {
 *     const answer = await server.call(tool, {}, { scopes: granted });
 *     assert.deepEqual([answer.status, answer.error], [403, error]);
 *   });
 */
export function denials(tools: readonly Tool[], scopes: Scopes): readonly Denial[] {
  return tools.flatMap((tool) =>
    tool.scopes.map((missing) => {
      const granted = scopes.names.filter((name) => !scopes.grantedBy([name]).has(missing));
      const error = missingScopes(tool.scopes, scopes.grantedBy(granted), scopes)?.description ?? '';
      return { tool: tool.listing.name, missing, granted, error };
    }),
  );
}
