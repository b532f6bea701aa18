// The server as a process: its settings, its start, its end.
import { isLoopback, portOf } from '../scalekit/urls.ts';
import { createServer, type ServerOptions } from './create-server.ts';
import { endWithProcess } from './end.ts';
import { type Environment, loadEnvironmentFile, readEnvironment } from './environment.ts';
import { createLog, type Log } from './log.ts';
import type { ScalekitProvider } from './provider.ts';
import { tuneProcess } from './speed.ts';
import { whyNot } from './start-failure.ts';
import type { OwnDeclarations, OwnVariables, VariableDeclarations } from './variables.ts';

/** What `serve` takes beside the variables. */
export interface ServeOptions extends Omit<ServerOptions, 'auth' | 'env'> {
  /** Called once, with all variables read and checked. */
  readonly auth: (env: Environment) => ScalekitProvider;
}

/** The owner's variables: they have to be there where `Register` names them. */
export type DeclaredVariables = keyof OwnDeclarations extends never
  ? { readonly variables?: VariableDeclarations }
  : { readonly variables: OwnDeclarations };

/**
 * Runs the server as this process, until it is told to end: reads `.env` and the environment, checks every variable,
 * listens, and closes in good order on SIGTERM and SIGINT. Where something is wrong, the process ends with code 1 and
 * says all that is.
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
  auth: makeProvider,
  ...options
}: ServeOptions & DeclaredVariables): Promise<void> {
  tuneProcess();
  const { env, own, notes } = environmentOrEnd(variables);
  const { log = createLog(), name } = options;
  const auth = makeProvider(env);
  const server = createServer({
    limits: {
      toolCallsPerMinute: env.TOOL_CALLS_PER_MINUTE,
      refusedTokensPerMinute: env.REFUSED_TOKENS_PER_MINUTE,
    },
    allowedHosts: env.ALLOWED_HOSTS,
    allowedOrigins: env.ALLOWED_ORIGINS,
    trustedProxies: env.TRUSTED_PROXIES,
    ...options,
    auth,
    env: own,
    log,
  });
  for (const message of notes) log('info', 'setting_corrected', { message });
  const host = env.HOST ?? defaultHost(auth.endpoint);
  try {
    await server.listen(env.PORT, host);
  } catch (error) {
    log('error', 'not_listening', { message: await whyNot(error, env.PORT, host) });
    process.exitCode = 1;
    return;
  }
  log('info', 'listening', { message: `${name} is ready at ${auth.endpoint.href}`, port: env.PORT, host });
  sayWherePortsDiffer(auth.endpoint, env.PORT, log);
  endWithProcess(server, log);
}

function environmentOrEnd(declarations: VariableDeclarations) {
  const unreadable = loadEnvironmentFile();
  const read = readEnvironment(process.env, declarations);
  if (unreadable === undefined && !('problems' in read))
    return { ...read, env: read.env as unknown as Environment, own: read.own as OwnVariables };
  const problems = [...(unreadable ? [unreadable] : []), ...('problems' in read ? read.problems : [])];
  const lines = problems.map((problem) => `  ${problem}\n`).join('');
  process.stderr.write(`The server cannot start:\n${lines}Set them in .env, which .env.example explains.\n`);
  // At once, and not by an error: the lines above are all that a person needs to see, and no stack helps them.
  process.exit(1);
}

/** A server for this machine is reachable from this machine only. */
function defaultHost(endpoint: URL): string | undefined {
  if (!isLoopback(endpoint)) return undefined;
  return endpoint.hostname === '[::1]' ? '::1' : '127.0.0.1';
}

function sayWherePortsDiffer(endpoint: URL, port: number, log: Log): void {
  const { protocol } = endpoint;
  const advertised = portOf(endpoint);
  if (advertised === port) return;
  const message = `MCP_URL says port ${advertised}, the server listens on ${port}: a proxy has to lead from one to the other.`;
  log(protocol === 'https:' ? 'info' : 'warn', 'other_port', { message });
}
