import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { readSettings } from '../project/settings.ts';
import { stateDirectory } from '../project/state-directory.ts';
import {
  accept,
  type Checked,
  checkMcpUrl,
  checkPort,
  checkResourceId,
  checkScopes,
  defaultPort,
  defaultScopes,
  emulatorPort,
  isLoopback,
  localIdentifiers,
  portOf,
  printable,
  serverUrls,
  variableNames,
} from '../scalekit/index.ts';
import { type Context, type ExitCode, exitCodes } from '../terminal/context.ts';
import { type OptionProblem, problemsError, UsageError, UserError } from '../terminal/errors.ts';
import { checkPublicUrl, isInContainer } from './container.ts';
import type { Emulator, EmulatorOptions } from './contract.ts';
import { startEmulator } from './index.ts';
import { type Likeness, readLikeness } from './like.ts';
import { settleSwitches } from './local-file.ts';
import { scopesOfProject, wantedScalekit } from './of-project.ts';
import { trustNotice } from './switches.ts';

/** The options of `scalekit-mcp emulate` as typed, including those of `switches.ts`. */
export interface EmulateOptions extends Readonly<Record<string, unknown>> {
  /** 0 takes a free one. Default: the port in `.env`, or the one that goes with the server's port. */
  readonly port?: number | string;
  readonly resourceId?: string;
  readonly mcpUrl?: string;
  /** Separated by commas or white space. */
  readonly scopes?: string;
  /** Prints exactly one JSON document on stdout, and nothing else. */
  readonly json?: boolean;
  /** Neither reads nor stores the key and the clients. */
  readonly ephemeral?: boolean;
  readonly autoApprove?: boolean;
  /** Listens on all interfaces; in a container only. */
  readonly container?: boolean;
  /** Its URL for the browser on the host, with `container`. */
  readonly publicUrl?: string;
  /** A file of `doctor --live`, to answer as that tenant does; other options override it. */
  readonly like?: string;
  /** Answers exactly as Scalekit does. */
  readonly strict?: boolean;
}

type Settled = EmulatorOptions & { readonly port: number; readonly mcpUrl: string };

function checkEmulatorPort(value: number | string): Checked<number> {
  return String(value).trim() === '0' ? accept(0) : checkPort(value);
}

/** The port that goes with an MCP_URL; a server behind a proxy has the default one. */
function portBeside(mcpUrl: string): number {
  const url = new URL(mcpUrl);
  return emulatorPort(isLoopback(url) ? portOf(url) : defaultPort);
}

/** Values for options that are not given. */
interface Defaults {
  readonly port?: number | undefined;
  readonly resourceId?: string | undefined;
  readonly mcpUrl?: string | undefined;
  readonly scopes?: EmulatorOptions['scopes'];
  /** Why the project's own scopes could not be read. */
  readonly problem?: string | undefined;
}

/** In a project's folder: the local Scalekit that its server expects, with the scopes that its source lists. */
function defaultsOfProject({ cwd, env }: Context): Defaults {
  const environmentFile = join(cwd, '.env');
  if (!existsSync(environmentFile)) return {};
  const settings = readSettings(environmentFile, env);
  const { resourceId, mcpUrl } = settings;
  const { scopes, problem } = scopesOfProject(cwd);
  return { port: wantedScalekit(settings)?.port, resourceId, mcpUrl, scopes, problem };
}

/** @throws UsageError if the options for containers are used elsewhere, or contradict each other. */
function refuseOutsideContainer({ container, publicUrl }: EmulateOptions, { env }: Context): void {
  const next = 'scalekit-mcp emulate --container --public-url http://localhost:<published port>';
  if (container !== true && publicUrl !== undefined)
    throw new UsageError('--public-url works only with --container.', { next });
  if (container === true && publicUrl === undefined)
    throw new UsageError('--container needs --public-url: the URL for the browser on the host.', {
      next,
    });
  if (container === true && !isInContainer(env))
    throw new UsageError(
      'This is not a container. --container listens on all interfaces, so here anybody on the network could sign in.',
      { code: 'container/outside', next: 'scalekit-mcp emulate' },
    );
}

function likeness({ like }: EmulateOptions, { cwd }: Context): Likeness {
  return like === undefined ? { switches: {}, strict: undefined } : readLikeness(resolve(cwd, like));
}

/** Checks all options by Scalekit's own rules, and says all problems at once. */
function settle(options: EmulateOptions, context: Context): { settled: Settled; notes: readonly string[] } {
  const problems: OptionProblem[] = [];
  const notes: string[] = [];
  const check = <T>(option: string, checked: Checked<T>, fallback: T): T => {
    if (checked.ok) notes.push(...checked.notes);
    else problems.push({ option, ...checked.problem });
    return checked.ok ? checked.value : fallback;
  };
  refuseOutsideContainer(options, context);
  const here = defaultsOfProject(context);
  if (options.scopes === undefined && here.problem !== undefined) notes.push(here.problem);
  const defaultUrl = here.mcpUrl ?? `http://localhost:${defaultPort}/`;
  const mcpUrl = check('--mcp-url', checkMcpUrl(options.mcpUrl ?? defaultUrl), defaultUrl);
  // A server other than the project's has its own local Scalekit.
  const portHere = options.mcpUrl === undefined ? here.port : undefined;
  const port = check('--port', checkEmulatorPort(options.port ?? portHere ?? portBeside(mcpUrl)), 0);
  const localId = here.resourceId ?? localIdentifiers.resourceId;
  const resourceId = check('--resource-id', checkResourceId(options.resourceId ?? localId), localId);
  const scopes =
    options.scopes === undefined
      ? (here.scopes ?? defaultScopes)
      : check('--scopes', checkScopes(options.scopes), defaultScopes);
  const inContainer =
    options.publicUrl === undefined
      ? {}
      : { container: true, publicUrl: check('--public-url', checkPublicUrl(options.publicUrl), '') };
  if (problems.length > 0) throw problemsError(problems, 'scalekit-mcp emulate --help');
  const { switches: alike, strict: strictAlike } = likeness(options, context);
  const said = { ...alike, ...options };
  const { decides, note } = settleSwitches(context.cwd, said, !options.ephemeral);
  if (note !== undefined) notes.push(note);
  const keyDirectory = options.ephemeral ? {} : { keyDirectory: stateDirectory(context.env) };
  const { autoApprove = false, strict = strictAlike ?? false } = options;
  const how = { autoApprove, strict, ...keyDirectory, ...inContainer };
  return { settled: { ...decides, port, mcpUrl, resourceId, scopes, ...how }, notes };
}

/** Starts it, and explains errors that a person can fix. */
async function startOrExplain(options: Settled): Promise<Emulator> {
  try {
    return await startEmulator(options);
  } catch (error) {
    const { message, cause } = error as Error;
    const code = ((cause ?? error) as NodeJS.ErrnoException).code;
    if (code === 'EADDRINUSE' || (code === 'EACCES' && cause !== undefined)) {
      const other = emulatorPort(options.port);
      throw new UserError(message, {
        code: 'port-taken',
        next: `scalekit-mcp emulate --port ${other}, with SCALEKIT_ENVIRONMENT_URL=http://localhost:${other} in .env`,
        cause: error,
      });
    }
    if (code === undefined || options.keyDirectory === undefined) throw error;
    throw new UserError(`The local Scalekit cannot store its key in ${options.keyDirectory}: ${message}`, {
      code: 'key-directory',
      next: 'make the folder writable, or: scalekit-mcp emulate --ephemeral',
      cause: error,
    });
  }
}

function documentOf(emulator: Emulator, keyDirectory: string | undefined): Record<string, unknown> {
  const { url, port, resourceId, clientId, mcpUrl, scopes, variables, users, machineClient } = emulator;
  return {
    url,
    port,
    resourceId,
    clientId,
    mcpUrl,
    scopes,
    variables,
    users,
    machineClient,
    keyDirectory: keyDirectory ?? null,
  };
}

const inContainerWarning =
  'It listens on all interfaces of this container, without passwords: publish its port to this machine only, e.g. -p 127.0.0.1:4002:4002.';

/** Prints text for people to stderr, so that stdout has the lines of `.env` and nothing else. */
function announce(emulator: Emulator, options: Settled, notes: readonly string[], context: Context): void {
  const say = (...lines: string[]) => context.stderr.write(`${lines.join('\n')}\n`);
  const kept = options.keyDirectory ?? 'nowhere: keys and clients are lost when it stops';
  say(
    ...notes.map((note) => `note: ${note}`),
    '',
    'The local Scalekit is running. It is for development and tests, never for production.',
    ...(options.container ? [inContainerWarning] : []),
    '',
    `  environment  ${emulator.url}`,
    `  MCP server   ${serverUrls(emulator.mcpUrl).endpoint}`,
    `  scopes       ${emulator.scopes.join(', ')}`,
    `  consent      ${options.autoApprove ? 'given automatically' : 'asked for in the browser'}`,
    `  kept in      ${kept}`,
    '',
    "Your server's .env:",
    '',
  );
  const lines = variableNames.map((name) => `${name}=${emulator.variables[name]}`);
  context.stdout.write(`${lines.join('\n')}\n`);
  say('', 'Ctrl-C stops it. Requests:', '');
}

/**
 * Runs the local Scalekit until it is interrupted.
 * @returns 130 after Ctrl-C, like any interrupted program.
 * @throws UserError with exit code 2 for a wrong option, 1 for a port that is taken or a folder that cannot be written.
 */
export async function emulate(options: EmulateOptions, context: Context): Promise<ExitCode> {
  const { settled, notes } = settle(options, context);
  const log = ({ method, path, status }: { method: string; path: string; status: number }) =>
    context.stderr.write(`  ${status} ${method} ${path}\n`);
  const onError = (error: unknown) =>
    context.stderr.write(`error: ${error instanceof Error ? error.message : String(error)}\n`);
  const onTrustedClient = (clientId: string, reason: string) =>
    context.stderr.write(`note: ${printable(trustNotice(clientId, reason))}\n`);
  const forPeople = options.json ? {} : { onRequest: log, onTrustedClient };
  const emulator = await startOrExplain({ ...settled, ...forPeople, onError });
  try {
    if (options.json) context.stdout.write(`${JSON.stringify(documentOf(emulator, settled.keyDirectory))}\n`);
    else announce(emulator, settled, notes, context);
    if (!context.signal.aborted) await once(context.signal, 'abort');
  } finally {
    await emulator.close();
  }
  return exitCodes.interrupted;
}
