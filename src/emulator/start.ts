import type { RequestListener } from 'node:http';
import { localIdentifiers } from '../scalekit/index.ts';
import { Allowance } from './allowance.ts';
import type { Emulator, EmulatorOptions, Faults } from './contract.ts';
import { renderError } from './error-page.ts';
import type { Front } from './handlers.ts';
import { KeyRing } from './keys.ts';
import { listen } from './listen.ts';
import { makePages } from './pages.ts';
import { makeProvider } from './provider.ts';
import { makeFront, pathForLog } from './routes.ts';
import { applyConfiguration, type Settings, scopeNames, settingsOf } from './settings.ts';
import { Storage } from './storage.ts';
import { mint } from './tokens.ts';
import { machineClient, organizationClient } from './users.ts';
import { variablesOf } from './variables.ts';

/** Counts requests by path, and reports each when it was answered. */
function counting(
  handler: RequestListener,
  counts: Map<string, number>,
  options: EmulatorOptions,
): RequestListener {
  return (request, response) => {
    const path = pathForLog(request.url ?? '');
    counts.set(path, (counts.get(path) ?? 0) + 1);
    if (options.onRequest)
      response.once('close', () =>
        options.onRequest?.({ method: request.method ?? '', path, status: response.statusCode }),
      );
    handler(request, response);
  };
}

/** Enough for many clients at once, but stops a web page that registers endlessly. */
const newRegistrations = () => new Allowance(100, 1);

/** The rate limit of the settings; a minute's worth may come at once. */
function newRate({ rateLimit }: Settings): Allowance | undefined {
  return rateLimit === 0 ? undefined : new Allowance(rateLimit, rateLimit / 60);
}

/** The emulator's changing state. */
class Running {
  readonly settings: Settings;
  readonly keys: KeyRing;
  readonly storage: Storage;
  readonly counts: Map<string, number>;
  readonly front: Front;
  readonly #onError: (error: unknown) => void;
  #faults: Faults = {};
  #registrations = newRegistrations();
  #rate: Allowance | undefined;
  #provider!: ReturnType<typeof makeProvider>;
  #handle!: ReturnType<ReturnType<typeof makeProvider>['callback']>;

  constructor(
    settings: Settings,
    keys: KeyRing,
    storage: Storage,
    counts: Map<string, number>,
    options: EmulatorOptions,
  ) {
    this.settings = settings;
    this.keys = keys;
    this.storage = storage;
    this.counts = counts;
    this.#onError = options.onError ?? (() => {});
    this.renew();
    const running = this;
    this.front = {
      settings,
      keys,
      get faults() {
        return running.#faults;
      },
      pages: makePages(settings, () => running.#provider),
      provider: (request, response) => running.#handle(request, response),
      get registrations() {
        return running.#registrations;
      },
      get rate() {
        return running.#rate;
      },
      onError: this.#onError,
    };
  }

  /** Replaces the provider, since the library reads its keys and features only when it is created. */
  renew(): void {
    const { settings, keys, storage } = this;
    this.#rate = newRate(settings);
    this.#provider = makeProvider({
      settings,
      keys,
      storage,
      renderError,
      onError: this.#onError,
    });
    this.#handle = this.#provider.callback();
  }

  /** Resets the limit on registrations. */
  renewRegistrations(): void {
    this.#registrations = newRegistrations();
  }

  set faults(faults: Faults) {
    this.#faults = faults;
    this.settings.clockOffset = faults.clockOffset ?? 0;
  }
}

function interfaceOf(running: Running, port: number, close: () => Promise<void>): Emulator {
  const { settings, keys, storage, counts } = running;
  return {
    url: settings.url,
    port,
    resourceId: settings.resourceId,
    clientId: localIdentifiers.clientId,
    mcpUrl: settings.mcpUrl,
    get scopes() {
      return scopeNames(settings);
    },
    get users() {
      return settings.users;
    },
    machineClient,
    organizationClient,
    variables: variablesOf(settings),
    mint: (options = {}) => mint(settings, keys, options),
    rotateKeys: async ({ keepOld = false } = {}) => {
      await keys.rotate(keepOld);
      running.renew();
    },
    withdrawConsent: async () => storage.forgetGrants(),
    fault: (faults) => {
      running.faults = faults;
    },
    configure: (changes) => {
      applyConfiguration(settings, changes);
      running.renew();
    },
    requestCount: (path) => counts.get(path) ?? 0,
    reset: async () => {
      await storage.clear();
      counts.clear();
      running.faults = {};
      settings.lastUser = undefined;
      running.renewRegistrations();
      settings.trustedClients.clear();
      running.renew();
    },
    close,
  };
}

/** Starts the local Scalekit; see `startEmulator`. */
export async function start(options: EmulatorOptions): Promise<Emulator> {
  // Report wrong options before anything is bound or written.
  settingsOf(options, 0);
  const keys = KeyRing.open(options.keyDirectory);
  // Awaited below. If binding fails first, a failure of this promise must not count as unhandled.
  keys.catch(() => {});
  const counts = new Map<string, number>();
  let handler: RequestListener = (_request, response) => void response.writeHead(503).end();
  const interfaces = options.container ? 'all' : 'loopback';
  const listening = await listen(
    (request, response) => handler(request, response),
    options.port ?? 0,
    interfaces,
  );
  try {
    const storage = new Storage(options.keyDirectory);
    const running = new Running(settingsOf(options, listening.port), await keys, storage, counts, options);
    handler = counting(makeFront(running.front), counts, options);
    return interfaceOf(running, listening.port, listening.close);
  } catch (error) {
    await listening.close();
    throw error;
  }
}
