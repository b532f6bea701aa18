import { setTimeout as delay } from 'node:timers/promises';
import { openProject } from '../../project/layout.ts';
import { freePort, isFree } from '../../project/ports.ts';
import type { RunningProgram } from '../../project/programs.ts';
import { runServer } from '../../project/run-server.ts';
import { isLoopback, portOf, serverUrls } from '../../scalekit/index.ts';
import { type ProbeOptions, probe } from '../probe.ts';

/** Where a server is to be started for a check. */
export interface Place {
  readonly port: number;
  readonly mcpUrl: string;
  /** How to reach it there, where MCP_URL does not lead to this machine's port. */
  readonly via: ProbeOptions['via'];
  /** What the person is told: the configured port is taken. */
  readonly note?: string;
}

/** Finds a port to start a server on: its own, or a free one, with MCP_URL changed to match. */
export async function findPlace(configuredPort: number, configuredUrl: string): Promise<Place> {
  const url = new URL(configuredUrl);
  const isPortOfUrl = isLoopback(url) && portOf(url) === configuredPort;
  const place = (port: number, mcpUrl: string) =>
    ({ port, mcpUrl, via: isPortOfUrl ? undefined : { host: 'localhost', port } }) as const;
  if (await isFree(configuredPort)) return place(configuredPort, configuredUrl);
  const port = await freePort();
  if (isPortOfUrl) url.port = String(port);
  return {
    ...place(port, url.href),
    note: `Port ${configuredPort} is taken by another program, so this was tried on port ${port}`,
  };
}

/** A server that was started for a check. */
export interface Started {
  /** What it said before it ended, or undefined if it came up. */
  readonly startError?: string;
  stop(): Promise<void>;
}

/** How long a server may take to answer its first request, in milliseconds. */
const startLimit = 20_000;

/** Asks until the server answers. @returns why it did not, if it never does. */
async function untilHealthy(
  child: RunningProgram,
  place: Place,
  signal: AbortSignal,
): Promise<string | undefined> {
  const health = serverUrls(place.mcpUrl).health;
  const deadline = Date.now() + startLimit;
  while (Date.now() < deadline) {
    if (!child.running) {
      const { exitCode, signal: by } = await child.ended;
      return child.output() || `It ended with ${exitCode ?? by}, without any output`;
    }
    const answer = await probe({ url: health }, { signal, via: place.via, milliseconds: 2000 });
    if (answer.answered && answer.status === 200 && child.running) return undefined;
    await delay(25, undefined, { signal });
  }
  return child.output() || `It did not answer ${health} within ${startLimit / 1000} s`;
}

/**
 * Starts a built project's server and waits until it answers `/healthz`.
 * @param variables its `.env`, with what the check changes.
 */
export async function startServer(
  directory: string,
  place: Place,
  variables: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<Started> {
  // The project is checked as its owner develops it; a shell's NODE_ENV=production (or APP_ENV) would refuse the local Scalekit.
  const { NODE_ENV: _node, APP_ENV: _app, ...env } = process.env;
  const child = runServer(openProject(directory), { env: { ...env, ...variables } });
  try {
    const startError = await untilHealthy(child, place, signal);
    return startError === undefined ? { stop: child.stop } : { startError, stop: child.stop };
  } catch (error) {
    await child.stop();
    // The timer between two questions throws an AbortError of its own instead of the signal's reason.
    signal.throwIfAborted();
    throw error;
  }
}
