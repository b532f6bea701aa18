/** The local Scalekit's public interface, as `scalekit-mcp/emulator` exports it to generated projects' tests. */

import type { Emulator, EmulatorOptions } from './contract.ts';

export { stateDirectory as emulatorDirectory } from '../project/state-directory.ts';
export type * from './contract.ts';

/**
 * Starts the local Scalekit on loopback: on `127.0.0.1`, and on `::1` if the machine has IPv6. It is for development and
 * tests, never for production.
 *
 * @example
 * const scalekit = await startEmulator({ mcpUrl: 'http://localhost:3002/', scopes: ['todo:read'] });
 * const token = await scalekit.mint({ scopes: ['todo:read'] });
 * await scalekit.close();
 * @throws Error naming the port if it is taken, or the option and its expected value if one is wrong.
 */
export async function startEmulator(options: EmulatorOptions = {}): Promise<Emulator> {
  // Loaded on demand, so that importing this module for its types or a helper costs nothing.
  const { start } = await import('./start.ts');
  return start(options);
}
