import { createRemoteJWKSet, jwtVerify } from 'jose';
import { expect, test } from 'vitest';
import { connect, withEmulator } from './walk.ts';

test('a program gets from registration to a token without a cookie', async () => {
  await withEmulator({ autoApprove: true }, async (emulator) => {
    const { tokens } = await connect(emulator);
    const { payload } = await jwtVerify(
      tokens.access_token,
      createRemoteJWKSet(new URL(`${emulator.url}/keys`)),
      { issuer: `${emulator.url}/resources/${emulator.resourceId}`, audience: emulator.resourceId },
    );
    expect(payload.scope).toBe('todo:read todo:write');
  });
});
