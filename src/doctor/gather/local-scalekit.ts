import { isLoopback, portOf } from '../../scalekit/index.ts';
import { authorizationMetadata } from '../reading.ts';
import { gatherScalekit } from './scalekit.ts';

/** A Scalekit to check against, and how to let go of it. */
export interface LocalScalekit {
  readonly environmentUrl: string;
  /** Whether it was started here. */
  readonly started: boolean;
  close(): Promise<void>;
}

interface Wanted {
  readonly environmentUrl: string;
  readonly resourceId: string;
  readonly mcpUrl: string;
  readonly signal: AbortSignal;
}

/**
 * Starts the local Scalekit in this process where an environment URL means one and none answers there. Where the port
 * belongs to something else a free one is taken: a check must not depend on what else runs on this machine.
 */
export async function ensureLocalScalekit(wanted: Wanted): Promise<LocalScalekit> {
  const { environmentUrl, resourceId, mcpUrl, signal } = wanted;
  const url = new URL(environmentUrl);
  const asItIs: LocalScalekit = { environmentUrl, started: false, close: async () => {} };
  if (!isLoopback(url)) return asItIs;
  const answer = await gatherScalekit(environmentUrl, resourceId, { signal, milliseconds: 2000 });
  if (authorizationMetadata(answer)) return asItIs;
  const { startEmulator } = await import('../../emulator/index.ts');
  const start = (port: number) => startEmulator({ port, resourceId, mcpUrl, autoApprove: true });
  const emulator = await start(portOf(url)).catch(() => start(0));
  return { environmentUrl: emulator.url, started: true, close: () => emulator.close() };
}
