// The server as a process: its settings, its start, its end.
import { existsSync } from 'node:fs';
import { isLoopback, portOf } from '../scalekit/urls.ts';
import { createServer, type ServerOptions } from './create-server.ts';
import { denyList, deployed } from './deployment.ts';
import { endProcess, endWithProcess } from './end.ts';
import { type Environment, loadEnvironmentFile, readEnvironment } from './environment.ts';
import { writeOnceATurn } from './lines.ts';
import { NotListening } from './listen.ts';
import { createLog, type Log } from './log.ts';
import type { ScalekitProvider } from './provider.ts';
import {
  closeServices,
  type DeclaredServices,
  detailsOf,
  type OwnServices,
  type ServiceDeclaration,
} from './services.ts';
import { http, tuneProcess } from './speed.ts';
import { whyElsewhere, whyNot } from './start-failure.ts';
import type { OwnDeclarations, OwnVariables, VariableDeclarations } from './variables.ts';

/** What `serve` takes, apart from variables and services. */
export interface ServeOptions extends Omit<ServerOptions, 'auth' | 'env' | 'services'> {
  /** Called once, with all variables read and checked. */
  readonly auth: (env: Environment) => ScalekitProvider;
}

/** The owner's variables, required if `Register` names them. */
export type DeclaredVariables = keyof OwnDeclarations extends never
  ? { readonly variables?: VariableDeclarations }
  : { readonly variables: OwnDeclarations };

/**
 * Runs the server as this process until it is told to end: reads `.env` and the environment, checks every variable,
 * listens, and shuts down gracefully on SIGTERM and SIGINT. If something is wrong, the process names every
 * problem and exits with 1.
 *
 * @example
 * await serve({
 *   name: 'Todo MCP',
 *   version: '1.0.0',
 *   auth: (env) =>
 *     new ScalekitProvider({
 *       environmentUrl: env.SCALEKIT_ENVIRONMENT_URL,
 *       resourceId: env.SCALEKIT_RESOURCE_ID,
 *       mcpUrl: env.MCP_URL,
 *       scopes,
 *     }),
 *   tools,
 * });
 */
export async function serve({
  variables = {} as OwnDeclarations,
  services: declared = { open: () => ({}) as OwnServices },
  auth: makeProvider,
  ...options
}: ServeOptions & DeclaredVariables & DeclaredServices): Promise<void> {
  tuneProcess();
  const { env, own, notes } = await environmentOrEnd(variables);
  const { log = createLog({ format: env.LOG_FORMAT, level: env.LOG_LEVEL, write: writeOnceATurn() }), name } =
    options;
  const auth = makeProvider(env);
  const { DENY_FILE: file, REDIS_URL: redisUrl } = env;
  auth.keys.log = log;
  auth[deployed]({
    metadataUrl: env.RESOURCE_METADATA_URL,
    internalUrl: env.SCALEKIT_INTERNAL_URL,
    ...((file !== undefined || redisUrl !== undefined) && { deny: { file, redisUrl } }),
  });
  await followOrEnd(auth, log);
  const services = await openOrEnd(declared, env, log);
  const server = createServer({
    ...optionsOf(env),
    ...options,
    auth,
    env: own,
    services,
    log,
  });
  for (const message of notes) log('info', 'setting_corrected', { message });
  warnOfUnusedProxy(log);
  try {
    await server.listen(env.PORT, ...hostsOf(env.HOST, auth.endpoint));
  } catch (error) {
    if (!(error instanceof NotListening)) throw error;
    log('error', 'not_listening', { message: await whyNot(error, env.HOST) });
    await closeServices(services, declared, log);
    await endProcess(1);
  }
  const close = async (grace?: number) => {
    await server.close(grace);
    await closeServices(services, declared, log);
  };
  endWithProcess({ drain: server.drain, close }, env.DRAIN_SECONDS, log);
  await sayWhereItIs(name, auth.endpoint, env, log);
}

/** @returns the options of the server that variables set. */
function optionsOf(env: Environment) {
  return {
    limits: {
      requestsPerMinute: env.REQUESTS_PER_MINUTE,
      toolCallsPerMinute: env.TOOL_CALLS_PER_MINUTE,
      refusedTokensPerMinute: env.REFUSED_TOKENS_PER_MINUTE,
      redisUrl: env.REDIS_URL,
      databaseUrl: postgresUrl(process.env.DATABASE_URL),
    },
    allowedHosts: env.ALLOWED_HOSTS,
    allowedOrigins: env.ALLOWED_ORIGINS,
    trustedProxies: env.TRUSTED_PROXIES,
    stateSecret: env.STATE_SECRET,
    maxBodyBytes: env.MAX_BODY_BYTES,
    maxHeaderBytes: env.MAX_HEADER_BYTES,
    keepAliveSeconds: env.KEEP_ALIVE_SECONDS,
    openaiAppsChallenge: env.OPENAI_APPS_CHALLENGE,
  };
}

/**
 * DATABASE_URL is the owner's variable. They may declare it (`variables`), and their database may be of any kind, so it is not
 * for us to say what is wrong with it.
 */
function postgresUrl(text = ''): string | undefined {
  return /^postgres(?:ql)?:\/\//.test(text.trim()) ? text.trim() : undefined;
}

/** Begins to read the deny list, if there is one. */
async function followOrEnd(auth: ScalekitProvider, log: Log): Promise<void> {
  try {
    await auth[denyList]?.freshen();
  } catch (error) {
    log('error', 'deny_list_not_read', { message: detailsOf(error).message });
    await endProcess(1);
  }
}

async function openOrEnd(declared: ServiceDeclaration, env: Environment, log: Log): Promise<OwnServices> {
  try {
    return await declared.open(env, log);
  } catch (error) {
    const { message, stack } = detailsOf(error);
    const what = `The services could not be opened (services.open): ${message}`;
    log('error', 'services_not_opened', { message: what, stack: process.env.DEBUG ? stack : undefined });
    return await endProcess(1);
  }
}

/** Keys are fetched through the proxy by Node itself, which older ones cannot and do not say. */
function warnOfUnusedProxy(log: Log): void {
  if (process.env.NODE_USE_ENV_PROXY !== '1' || process.allowedNodeEnvironmentFlags.has('--use-env-proxy'))
    return;
  const message = `NODE_USE_ENV_PROXY is set, and Node.js ${process.version} goes past the proxy all the same: take 22.21, 24.5 or later.`;
  log('warn', 'proxy_not_used', { message });
}

async function environmentOrEnd(declarations: VariableDeclarations) {
  const unreadable = loadEnvironmentFile();
  const read = readEnvironment(process.env, declarations);
  if (unreadable === undefined && !('problems' in read))
    return { ...read, env: read.env as unknown as Environment, own: read.own as OwnVariables };
  const problems = [...(unreadable ? [unreadable] : []), ...('problems' in read ? read.problems : [])];
  const lines = problems.map((problem) => `  ${problem}\n`).join('');
  const other = existsSync('.env.local') ? ' .env.local is read by nothing here.' : '';
  process.stderr.write(
    `The server cannot start:\n${lines}Set them in .env, which .env.example explains.${other}\n`,
  );
  // Without throwing: the lines above are all that a person needs, and a stack trace would not help.
  return await endProcess(1);
}

/**
 * A server for this machine is reachable from this machine only, at both addresses that `localhost` may be: at the other one
 * a foreign program could take our clients.
 */
function hostsOf(host: string | undefined, { hostname }: URL): readonly string[] {
  const localhost = ['127.0.0.1', '::1'];
  if (host !== undefined) return /^localhost\.?$/i.test(host) ? localhost : [host];
  if (!isLoopback(new URL(`http://${hostname}`))) return [];
  const isOther = hostname.startsWith('127.') && hostname !== '127.0.0.1';
  return isOther ? [...localhost, hostname] : localhost;
}

/** Says "ready" only if that is true. */
async function sayWhereItIs(
  name: string,
  endpoint: URL,
  { PORT: port, HOST: host }: Environment,
  log: Log,
): Promise<void> {
  const advertised = portOf(endpoint);
  const isOurs = advertised === port && isLoopback(endpoint);
  if (host !== undefined && isOurs && !(await answers(endpoint))) {
    log('warn', 'listening', { message: whyElsewhere(endpoint, host), port, host });
    return;
  }
  log('info', 'listening', { message: `${name} is ready at ${endpoint.href}`, port, host });
  if (advertised === port) return;
  const message = `MCP_URL says port ${advertised}, the server listens on ${port}: a proxy has to lead from one to the other.`;
  log(endpoint.protocol === 'https:' ? 'info' : 'warn', 'other_port', { message });
}

/** @returns whether a client that follows this URL reaches this process. */
function answers(endpoint: URL): Promise<boolean> {
  return new Promise((resolve) => {
    const request = http.get(new URL('healthz', endpoint), { agent: false, timeout: 2000 }, (answer) => {
      answer.resume();
      resolve(answer.statusCode === 200);
    });
    request.on('timeout', () => request.destroy()).on('error', () => resolve(false));
  });
}
