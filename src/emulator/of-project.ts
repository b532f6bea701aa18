import { readScopes } from '../project/scopes-file.ts';
import type { Settings } from '../project/settings.ts';
import { stateDirectory } from '../project/state-directory.ts';
import { defaultScopes, describeScope, endpoints, isLoopback, portOf } from '../scalekit/index.ts';
import { systemCode } from '../terminal/errors.ts';
import type { Emulator, EmulatorOptions } from './contract.ts';

// The local Scalekit of a project: which one its `.env` points at, whether it runs, and how to start it.

/** The local Scalekit that a project's server expects. */
export interface WantedScalekit {
  /** As written in `.env`. */
  readonly url: string;
  readonly port: number;
  readonly resourceId: string;
  readonly mcpUrl: string | undefined;
}

/** @returns the local Scalekit that the settings point at, or undefined if they point at a real one. */
export function wantedScalekit({
  environmentUrl,
  resourceId,
  mcpUrl,
}: Pick<Settings, 'environmentUrl' | 'resourceId' | 'mcpUrl'>): WantedScalekit | undefined {
  if (environmentUrl === undefined || resourceId === undefined) return undefined;
  const url = new URL(environmentUrl);
  return isLoopback(url) ? { url: environmentUrl, port: portOf(url), resourceId, mcpUrl } : undefined;
}

/** A scope with what it allows, in plain words. */
interface DescribedScope {
  readonly name: string;
  readonly description: string;
}

/** The scopes that the local Scalekit of a project defines. */
export interface ScopesHere {
  readonly scopes: readonly DescribedScope[];
  /** Why the project's own scopes could not be read. */
  readonly problem?: string;
}

const standardScopes = defaultScopes.map((name) => ({ name, description: describeScope(name) }));

/** @param last the scopes to use if the project's list cannot be read. */
export function scopesOfProject(
  directory: string,
  last: readonly DescribedScope[] = standardScopes,
): ScopesHere {
  const read = readScopes(directory);
  if (read.scopes !== undefined)
    return { scopes: read.scopes.map(({ name, description }) => ({ name, description })) };
  return read.problem === undefined ? { scopes: last } : { scopes: last, problem: read.problem };
}

/**
 * Requests the metadata that a local Scalekit of this project would have.
 * @returns the scopes that it defines, or undefined if no such Scalekit answers.
 */
export async function runningScalekit({
  url,
  resourceId,
}: Pick<WantedScalekit, 'url' | 'resourceId'>): Promise<readonly string[] | undefined> {
  const { metadata, issuer } = endpoints(url, resourceId);
  try {
    const response = await fetch(metadata, { redirect: 'error', signal: AbortSignal.timeout(1000) });
    const document = (await response.json()) as { issuer?: unknown; scopes_supported?: unknown };
    if (document.issuer !== issuer) return undefined;
    const scopes: readonly unknown[] = Array.isArray(document.scopes_supported)
      ? document.scopes_supported
      : [];
    return scopes.filter((scope) => typeof scope === 'string');
  } catch {
    return undefined;
  }
}

/** Where the Scalekit that the server uses is. */
export type Scalekit =
  /** The real one, or unknown, because `.env` does not say. */
  | { readonly kind: 'elsewhere' }
  /** Started by us: it ends with us. */
  | { readonly kind: 'started'; readonly url: string }
  /** A local Scalekit that another process started. `missing` are scopes of the project that it does not know. */
  | { readonly kind: 'shared'; readonly url: string; readonly missing: readonly string[] }
  | { readonly kind: 'failed'; readonly reason: string; readonly next: string };

/** The options that can change while the local Scalekit runs. */
export type Changeable = Parameters<Emulator['configure']>[0] & Required<Pick<EmulatorOptions, 'scopes'>>;

/** The local Scalekit of a project: started, kept or replaced as `.env`, the scopes and the switches require. */
export class LocalScalekit {
  readonly #options: EmulatorOptions;
  #running: { readonly emulator: Emulator; readonly wanted: string } | undefined;

  constructor(
    env: Readonly<Record<string, string | undefined>>,
    events: Pick<EmulatorOptions, 'onRequest' | 'onTrustedClient' | 'onError'>,
  ) {
    this.#options = { ...events, keyDirectory: stateDirectory(env) };
  }

  /** The one that we started, while it runs. */
  get emulator(): Emulator | undefined {
    return this.#running?.emulator;
  }

  /** Brings the local Scalekit in line with the settings, scopes and switches. */
  async follow(settings: Settings, options: Changeable): Promise<Scalekit> {
    const wanted = wantedScalekit(settings);
    const key = JSON.stringify(wanted);
    if (this.#running && this.#running.wanted !== key) await this.close();
    if (!wanted) return { kind: 'elsewhere' };
    if (this.#running) {
      this.#running.emulator.configure(options);
      return { kind: 'started', url: wanted.url };
    }
    const known = await runningScalekit(wanted);
    if (known === undefined) return this.#start(wanted, key, options);
    const names = options.scopes.map((scope) => (typeof scope === 'string' ? scope : scope.name));
    return { kind: 'shared', url: wanted.url, missing: names.filter((name) => !known.includes(name)) };
  }

  async #start(wanted: WantedScalekit, key: string, options: Changeable): Promise<Scalekit> {
    const { url, port, resourceId, mcpUrl } = wanted;
    // Its tokens name it `http://localhost:<port>`; a server that expects another spelling refuses all of them.
    if (url !== `http://localhost:${port}`)
      return failure(
        `SCALEKIT_ENVIRONMENT_URL is ${url}, but the local Scalekit is http://localhost:${port}`,
        `Set SCALEKIT_ENVIRONMENT_URL=http://localhost:${port} in .env.`,
      );
    try {
      const { startEmulator } = await import('./index.ts');
      const place = { port, resourceId, ...(mcpUrl === undefined ? {} : { mcpUrl }) };
      const emulator = await startEmulator({ ...this.#options, ...options, ...place });
      this.#running = { emulator, wanted: key };
      return { kind: 'started', url };
    } catch (error) {
      return failure(
        `The local Scalekit cannot start: ${error instanceof Error ? error.message : String(error)}`,
        'Fix it, then save .env or run this again.',
      );
    }
  }

  async close(): Promise<void> {
    const running = this.#running;
    this.#running = undefined;
    await running?.emulator.close();
  }
}

function failure(reason: string, next: string): Scalekit {
  return { kind: 'failed', reason, next };
}

/** A Scalekit to check against. `close` ends it if it was started here. */
export interface ScalekitForCheck {
  readonly environmentUrl: string;
  /** Whether it was started here. */
  readonly started: boolean;
  close(): Promise<void>;
}

/**
 * Starts the local Scalekit in this process, with automatic consent, if the environment URL is a local one and none answers
 * there. If its port is taken, uses a free one: a check must not depend on what else runs on this machine.
 */
export async function ensureScalekit(wanted: {
  readonly environmentUrl: string;
  readonly resourceId: string;
  readonly mcpUrl: string;
}): Promise<ScalekitForCheck> {
  const { environmentUrl, resourceId, mcpUrl } = wanted;
  const local = wantedScalekit(wanted);
  const isThere = local === undefined || (await runningScalekit(local)) !== undefined;
  if (isThere) return { environmentUrl, started: false, close: async () => {} };
  const { startEmulator } = await import('./index.ts');
  const start = (port: number) => startEmulator({ port, resourceId, mcpUrl, autoApprove: true });
  const emulator = await start(local.port).catch((error: Error) => {
    if (systemCode(error.cause) !== undefined) return start(0);
    throw error;
  });
  return { environmentUrl: emulator.url, started: true, close: () => emulator.close() };
}
