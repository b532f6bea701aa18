// What tells a provider how it is run: for `serve` and for tests, and no part of what owners see.

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
  /** Where challenges send clients for the metadata, when the host's root belongs to another program. */
  readonly metadataUrl: string | undefined;
  /** Where Scalekit answers from inside a container. */
  readonly internalUrl: string | undefined;
  /** Where it is kept who is refused although their tokens are good. */
  readonly deny?: DenyOptions;
}

/**
 * How far Scalekit's clock and ours may be apart, in seconds: for tests, which `scalekit-mcp-server/testing` sets.
 * @internal
 */
export const clockTolerance = Symbol('clock tolerance');

/**
 * The deny list of a provider, where it has one: for streams, which end when their token is denied.
 * @internal
 */
export const denyList = Symbol('deny list');
