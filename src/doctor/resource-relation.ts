import { isLoopback, isUrl } from '../scalekit/index.ts';

/** How a server's `resource` relates to the URL that clients use. */
export type Relation = 'equal' | 'base' | 'inner' | 'other-loopback-name' | 'other';

/**
 * @param resource of the server's metadata.
 * @param endpoint the URL that clients use.
 */
export function compareResource(resource: unknown, endpoint: string): Relation {
  if (resource === endpoint) return 'equal';
  if (typeof resource !== 'string' || !isUrl(resource)) return 'other';
  const [said, used] = [new URL(resource), new URL(endpoint)];
  const bothLocal = isLoopback(said) && isLoopback(used);
  if (bothLocal && said.port === used.port && said.hostname !== used.hostname) return 'other-loopback-name';
  const isInner = isLoopback(said) || (said.protocol === 'http:' && said.hostname === used.hostname);
  if (used.protocol === 'https:' && isInner) return 'inner';
  const isBase = said.origin === used.origin && used.pathname.startsWith(said.pathname.replace(/\/*$/, ''));
  return isBase ? 'base' : 'other';
}
