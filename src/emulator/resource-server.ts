import type { ResourceServer } from 'oidc-provider';
import { InvalidTarget } from 'oidc-provider/lib/helpers/errors.js';
import { openIdScopes, signingAlgorithm } from '../scalekit/index.ts';
import { permitted } from './permissions.ts';
import { type Settings, scopeNames } from './settings.ts';

/**
 * What the authorization server knows of the MCP server (RFC 8707).
 * @param userId who is being given a token, if that is known.
 * @throws InvalidTarget for any other resource.
 */
export function resourceServer(settings: Settings, resource: string, userId?: string): ResourceServer {
  if (resource !== settings.resource)
    throw new InvalidTarget(
      `the resource ${resource} is not this MCP server: its endpoint is ${settings.resource} (from MCP_URL ${settings.mcpUrl}) and its id ${settings.resourceId}`,
    );
  const own = scopeNames(settings);
  const scopes = userId === undefined ? own : permitted(settings, userId, own);
  return {
    scope: [...scopes, ...openIdScopes].join(' '),
    audience: settings.resourceId,
    accessTokenTTL: settings.tokenLifetime,
    accessTokenFormat: 'jwt',
    jwt: { sign: { alg: signingAlgorithm } },
  };
}
