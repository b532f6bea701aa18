import { readFileSync } from 'node:fs';
import { emulatorDirectory } from '../emulator/directory.ts';
import type { Emulator, EmulatorOptions } from '../emulator/index.ts';
import type { Project } from '../project/layout.ts';
import { readScopesFile } from '../project/scopes-file.ts';
import type { Settings } from '../project/settings.ts';
import { endpoints, isLoopback, portOf, printable } from '../scalekit/index.ts';

/** Where the Scalekit that the server uses is. */
export type Scalekit =
  /** The real one, or `.env` does not say. */
  | { readonly kind: 'elsewhere' }
  /** Ours: it ends with us. */
  | { readonly kind: 'started'; readonly url: string }
  /** A local Scalekit that somebody else has started. `missing` are scopes of the project that it does not know. */
  | { readonly kind: 'shared'; readonly url: string; readonly missing: readonly string[] }
  | { readonly kind: 'failed'; readonly reason: string; readonly next: string };

/** What the user may say of it on the command line. */
export type Switches = Pick<EmulatorOptions, 'clientIdMetadataDocuments'>;

type Scopes = NonNullable<EmulatorOptions['scopes']>;

interface Wanted {
  readonly url: string;
  readonly port: number;
  readonly resourceId: string;
  readonly mcpUrl: string | undefined;
}

/** @returns the local Scalekit that the settings point at, or undefined where they point at a real one. */
function wantedBy({ environmentUrl, resourceId, mcpUrl }: Settings): Wanted | undefined {
  if (environmentUrl === undefined || resourceId === undefined) return undefined;
  const url = new URL(environmentUrl);
  return isLoopback(url) ? { url: environmentUrl, port: portOf(url), resourceId, mcpUrl } : undefined;
}

/** The local Scalekit of a project: started, kept or replaced as `.env` and the project's scopes say. */
export class LocalScalekit {
  readonly #options: EmulatorOptions;
  #running: { readonly emulator: Emulator; readonly wanted: string } | undefined;

  constructor(
    env: Readonly<Record<string, string | undefined>>,
    options: Switches & Pick<EmulatorOptions, 'onRequest' | 'onTrustedClient' | 'onError'>,
  ) {
    this.#options = { ...options, keyDirectory: emulatorDirectory(env) };
  }

  /** Makes the local Scalekit what the settings and scopes want. */
  async follow(settings: Settings, scopes: Scopes): Promise<Scalekit> {
    const wanted = wantedBy(settings);
    const key = JSON.stringify(wanted);
    if (this.#running && this.#running.wanted !== key) await this.close();
    if (!wanted) return { kind: 'elsewhere' };
    if (this.#running) {
      this.#running.emulator.configure({ scopes });
      return { kind: 'started', url: wanted.url };
    }
    return (await probe(wanted, scopes)) ?? this.#start(wanted, key, scopes);
  }

  async #start(wanted: Wanted, key: string, scopes: Scopes): Promise<Scalekit> {
    const { url, port, resourceId, mcpUrl } = wanted;
    // Its tokens name it `http://localhost:<port>`; a server that expects another spelling refuses every one of them.
    if (url !== `http://localhost:${port}`)
      return failure(
        `SCALEKIT_ENVIRONMENT_URL is ${url}, and the local Scalekit is http://localhost:${port}`,
        `Write SCALEKIT_ENVIRONMENT_URL=http://localhost:${port} into .env.`,
      );
    try {
      const { startEmulator } = await import('../emulator/index.ts');
      const emulator = await startEmulator({
        ...this.#options,
        port,
        resourceId,
        scopes,
        ...(mcpUrl === undefined ? {} : { mcpUrl }),
      });
      this.#running = { emulator, wanted: key };
      return { kind: 'started', url };
    } catch (error) {
      return failure(
        `The local Scalekit cannot start: ${error instanceof Error ? error.message : String(error)}`,
        'Then save .env, or run this again.',
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

/** Asks whoever listens there for the metadata that a local Scalekit of this project would have. */
async function probe({ url, resourceId }: Wanted, scopes: Scopes): Promise<Scalekit | undefined> {
  const { metadata, issuer } = endpoints(url, resourceId);
  try {
    const response = await fetch(metadata, { redirect: 'error', signal: AbortSignal.timeout(1000) });
    const document = (await response.json()) as { issuer?: unknown; scopes_supported?: unknown };
    if (document.issuer !== issuer) return undefined;
    const known: readonly unknown[] = Array.isArray(document.scopes_supported)
      ? document.scopes_supported
      : [];
    const names = scopes.map((scope) => (typeof scope === 'string' ? scope : scope.name));
    return { kind: 'shared', url, missing: names.filter((name) => !known.includes(name)) };
  } catch {
    return undefined;
  }
}

/** The project's scopes, and what was wrong with them if something was. */
export interface ReadScopes {
  readonly scopes: Scopes;
  readonly problem: string | undefined;
}

/**
 * Reads the scopes of a project from its source, as text: nothing of the project is run for it.
 * @param fallback stands where they cannot be read.
 */
export function readScopes(project: Pick<Project, 'scopes'>, fallback: Scopes): ReadScopes {
  try {
    const scopes = readScopesFile(readFileSync(project.scopes, 'utf8'));
    return scopes === undefined
      ? { scopes: fallback, problem: "it has no `defineScopes({ 'name': 'description', … })`" }
      : { scopes: scopes.map(({ name, description }) => ({ name, description })), problem: undefined };
  } catch (error) {
    return { scopes: fallback, problem: printable(error instanceof Error ? error.message : String(error)) };
  }
}
