import * as oauth from 'oauth4webapi';
import { clockToleranceSeconds, signingAlgorithm } from '../../../src/scalekit/index.ts';
import type { Attack, Expectation, Target } from './types.ts';

/**
 * Asks the second oracle, `oauth4webapi.validateJwtAccessToken` (RFC 6750, 9068, 9449), for its opinion of a request.
 * @returns whether it lets the token in; undefined if the request never gets that far (fetch refuses to carry it).
 */
export async function oracleAccepts(target: Target, attack: Attack): Promise<boolean | undefined> {
  const authorization = attack.headers?.Authorization ?? `Bearer ${attack.token ?? ''}`;
  let request: Request;
  try {
    request = new Request(target.endpoint, { method: 'POST', headers: { authorization } });
  } catch {
    return undefined;
  }
  const server: oauth.AuthorizationServer = {
    issuer: target.issuers[1],
    jwks_uri: `${target.environmentUrl}/keys`,
  };
  try {
    await oauth.validateJwtAccessToken(server, request, target.resourceId, {
      signingAlgorithms: [signingAlgorithm],
      [oauth.clockTolerance]: clockToleranceSeconds,
      [oauth.allowInsecureRequests]: true,
    });
    return true;
  } catch (error) {
    // A network failure says nothing about the token.
    if (error instanceof TypeError && error.message === 'fetch failed') throw error;
    return false;
  }
}

/** @returns whether the server under attack must let this token in, whatever the server says about its scopes. */
export function mustBeLetIn({ status }: Expectation): boolean {
  return [status].flat().some((one) => one === 200 || one === 403);
}
