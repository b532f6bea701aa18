import { createRemoteJWKSet, jwtVerify } from 'jose';
import { expect, test } from 'vitest';
import {
  authorizationRequest,
  Browser,
  discover,
  exchange,
  locationOf,
  register,
  withEmulator,
} from './walk.ts';

test('a machine walks from registration to a token without a cookie', async () => {
  await withEmulator({ autoApprove: true }, async (emulator) => {
    const server = await discover(emulator);
    const client = await register(server);
    const request = await authorizationRequest(emulator, server, client.client_id);
    const callback = locationOf(await new Browser().open(request.url));
    const tokens = await exchange(server, client, request, callback);
    const { payload } = await jwtVerify(
      tokens.access_token,
      createRemoteJWKSet(new URL(`${emulator.url}/keys`)),
      { issuer: `${emulator.url}/resources/${emulator.resourceId}`, audience: emulator.resourceId },
    );
    expect(payload.scope).toBe('todo:read todo:write');
  });
});
