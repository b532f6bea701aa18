// What `serve` and tests tell a provider about where it runs. Owners do not see it.

import type { DenyOptions } from './deny-list.ts';

/**
 * Tells a provider where it runs: for `serve`, which has the variables.
 * @internal
 */
export const deployed = Symbol('deployed');

/**
 * What depends on where a server runs rather than on what it is.
 * @internal
 */
export interface Deployment {
  /** The metadata URL in challenges, if the host's root belongs to another program. */
  readonly metadataUrl: string | undefined;
  /** Where Scalekit answers from inside a container. */
  readonly internalUrl: string | undefined;
  /** Who is refused although their tokens are valid. */
  readonly deny?: DenyOptions;
}

/**
 * How far Scalekit's clock and ours may be apart, in seconds: for tests, set by `scalekit-mcp-server/testing`.
 * @internal
 */
export const clockTolerance = Symbol('clock tolerance');

/**
 * The deny list of a provider, if it has one: for streams, which end when their token is denied.
 * @internal
 */
export const denyList = Symbol('deny list');
