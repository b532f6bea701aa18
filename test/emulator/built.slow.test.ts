import { expect, test } from 'vitest';
import type * as emulatorModule from '../../src/emulator/index.ts';
import { claimsOf, connect } from './walk.ts';

// Bundling can break code that reads class names at run time, as oidc-provider does: without them tokens never expire.
test('the bundled emulator issues tokens that live for their lifetime, and rotates refresh tokens', async () => {
  const built = '../../dist/emulator.js';
  const { startEmulator }: typeof emulatorModule = await import(built);
  const emulator = await startEmulator({ autoApprove: true, tokenLifetime: 900 });
  try {
    const { tokens } = await connect(emulator, { scope: 'todo:read offline_access' });
    const { exp, iat } = claimsOf(tokens.access_token);
    expect(tokens.expires_in).toBe(900);
    expect(Number(exp) - Number(iat)).toBe(900);
    expect(tokens.refresh_token).toEqual(expect.any(String));
  } finally {
    await emulator.close();
  }
});
