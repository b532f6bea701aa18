import { machineClient } from '../../emulator/users.ts';
import { isLoopback, isUrl } from '../../scalekit/index.ts';
import type { ScalekitFacts } from '../facts/index.ts';
import { type ProbeOptions, probe } from '../probe.ts';
import { authorizationMetadata, objectOf } from '../reading.ts';

/**
 * Gets an access token from the local Scalekit, which gives one to anyone on this machine.
 * @returns undefined if the authorization server is not the local Scalekit.
 */
export async function mintLocally(
  scalekit: ScalekitFacts,
  options: ProbeOptions,
): Promise<string | undefined> {
  const endpoint = authorizationMetadata(scalekit)?.token_endpoint;
  const isLocal = isLoopback(new URL(scalekit.issuer));
  if (!isLocal || typeof endpoint !== 'string' || !isUrl(endpoint) || !isLoopback(new URL(endpoint)))
    return undefined;
  const form = {
    grant_type: 'client_credentials',
    client_id: machineClient.clientId,
    client_secret: machineClient.clientSecret,
  };
  const answer = await probe({ url: endpoint, method: 'POST', form }, { ...options, unmasked: true });
  const token = objectOf(answer)?.access_token;
  return typeof token === 'string' ? token : undefined;
}
