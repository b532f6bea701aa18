import {
  type Checked,
  checkEnvironmentUrl,
  checkMcpUrl,
  checkResourceId,
  checkScopes,
  defaultScopes,
  describeScope,
  type Endpoints,
  endpoints,
  localIdentifiers,
  serverUrls,
} from '../scalekit/index.ts';
import type { Emulator, EmulatorOptions, EmulatorUser } from './contract.ts';
import { TrustedClients } from './trusted-clients.ts';
import { defaultUsers } from './users.ts';

type Configuration = Parameters<Emulator['configure']>[0];

export interface ScopeDefinition {
  readonly name: string;
  readonly description: string;
}

/** The options that `configure` changes, each with a value. */
type Configured = {
  -readonly [Option in keyof Configuration]-?: NonNullable<Configuration[Option]>;
};

/** The current settings of an emulator; `configure` changes the members that are not readonly. */
export interface Settings extends Omit<Configured, 'scopes'> {
  readonly url: string;
  /** Whether it runs in a container, where other containers reach it by names of their network. */
  readonly container: boolean;
  readonly resourceId: string;
  readonly mcpUrl: string;
  /** The MCP endpoint, which identifies the resource internally, whichever of its names a client uses. */
  readonly resource: string;
  readonly endpoints: Endpoints;
  readonly clientDocuments: NonNullable<EmulatorOptions['clientDocuments']>;
  readonly trustedClients: TrustedClients;
  scopes: readonly ScopeDefinition[];
  /** Seconds; a fault. */
  clockOffset: number;
  /** The user who was chosen last, whom the consent page preselects. */
  lastUser: EmulatorUser | undefined;
}

/** The default settings. */
export const defaults = {
  tokenIssuer: 'resource',
  tokenLifetime: 3600,
  refreshLifetime: 30 * 86_400,
  scopesArray: false,
  scopeClaim: 'string',
  autoApprove: false,
  roles: {},
  userPermissions: false,
  identityProvider: 'off',
  rateLimit: 0,
  metadataForms: 'both',
  audience: 'both',
  machineScopes: 'both',
  foreignResource: 'refused',
  rotation: true,
  cors: true,
  strict: false,
  dynamicClientRegistration: true,
  clientIdMetadataDocuments: 'bundled',
} as const satisfies EmulatorOptions;

/** @returns the options of `defaults`, each as given or else its default. */
function decided(options: EmulatorOptions): Pick<Settings, keyof typeof defaults> {
  const given = Object.entries(options).filter(([name, value]) => name in defaults && value !== undefined);
  return { ...defaults, ...Object.fromEntries(given) };
}

/** @returns the value of a check. @throws Error saying what is wrong with it. */
function demand<T>(option: string, checked: Checked<T>): T {
  if (checked.ok) return checked.value;
  const { reason, actual, expected } = checked.problem;
  throw new Error(`startEmulator: ${option}: ${reason}: "${actual}". Expected ${expected}.`);
}

function defineScopes(scopes: EmulatorOptions['scopes']): readonly ScopeDefinition[] {
  const listed = (scopes ?? defaultScopes).map((scope) =>
    typeof scope === 'string' ? { name: scope, description: describeScope(scope) } : scope,
  );
  const names = demand('scopes', checkScopes(listed.map((scope) => scope.name)));
  return names.map((name) => ({
    name,
    description: listed.find((scope) => scope.name === name)?.description ?? describeScope(name),
  }));
}

function checkLifetime(option: 'tokenLifetime' | 'refreshLifetime', seconds: number): number {
  if (Number.isSafeInteger(seconds) && seconds > 0) return seconds;
  throw new Error(`startEmulator: ${option}: ${seconds}. Expected a whole number of seconds above 0.`);
}

function checkUsers(users: readonly EmulatorUser[]): readonly EmulatorUser[] {
  if (users.length > 0) return users;
  throw new Error('startEmulator: users: none. Expected at least one, or nobody could sign in.');
}

/**
 * @param options as given by the caller.
 * @param port the bound port, for the emulator's own URLs.
 * @throws Error naming the option that breaks Scalekit's rules (src/scalekit).
 */
export function settingsOf(options: EmulatorOptions, port: number): Settings {
  const { publicUrl } = options;
  const url =
    publicUrl === undefined
      ? `http://localhost:${port}`
      : demand('publicUrl', checkEnvironmentUrl(publicUrl));
  const resourceId = demand('resourceId', checkResourceId(options.resourceId ?? localIdentifiers.resourceId));
  const mcpUrl = demand('mcpUrl', checkMcpUrl(options.mcpUrl ?? 'http://localhost:3002/'));
  return {
    ...decided(options),
    url,
    container: options.container ?? false,
    resourceId,
    mcpUrl,
    resource: serverUrls(mcpUrl).endpoint,
    endpoints: endpoints(url, resourceId),
    clientDocuments: options.clientDocuments ?? {},
    trustedClients: new TrustedClients(options.onTrustedClient),
    scopes: defineScopes(options.scopes),
    tokenLifetime: checkLifetime('tokenLifetime', options.tokenLifetime ?? defaults.tokenLifetime),
    refreshLifetime: checkLifetime('refreshLifetime', options.refreshLifetime ?? defaults.refreshLifetime),
    users: checkUsers(options.users ?? defaultUsers),
    clockOffset: 0,
    lastUser: undefined,
  };
}

/** Applies the changes of `Emulator.configure`; settings that are missing or undefined stay. */
export function applyConfiguration(settings: Settings, changes: Configuration): void {
  const { scopes, tokenLifetime, refreshLifetime, users, ...others } = changes;
  if (scopes !== undefined) settings.scopes = defineScopes(scopes);
  if (tokenLifetime !== undefined) settings.tokenLifetime = checkLifetime('tokenLifetime', tokenLifetime);
  if (refreshLifetime !== undefined)
    settings.refreshLifetime = checkLifetime('refreshLifetime', refreshLifetime);
  if (users !== undefined) settings.users = checkUsers(users);
  Object.assign(
    settings,
    Object.fromEntries(Object.entries(others).filter(([, value]) => value !== undefined)),
  );
}

/** @returns the `aud` of access tokens (docs/scalekit.md#access-tokens). */
export function accessTokenAudience({ mcpUrl, resourceId, audience }: Settings): readonly string[] {
  return audience === 'resource' ? [resourceId] : [mcpUrl, resourceId];
}

/** @returns the names of the defined scopes. */
export function scopeNames(settings: Settings): readonly string[] {
  return settings.scopes.map((scope) => scope.name);
}

/** @returns the time by the emulator's clock, in seconds since 1970. */
export function now(settings: Settings): number {
  return Math.floor(Date.now() / 1000) + settings.clockOffset;
}
