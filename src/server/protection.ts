// What a protected server is made of, wherever its requests come from.
import { type About, warnOfLongInstructions } from './about.ts';
import type { Exchange, Life } from './exchange.ts';
import { createResponder } from './http.ts';
import { type LimitOptions, Limits } from './limits.ts';
import { createLog, type Log } from './log.ts';
import { McpEndpoint } from './mcp.ts';
import type { Prompt } from './prompt.ts';
import type { ScalekitProvider } from './provider.ts';
import type { Resource } from './resource.ts';
import type { OwnServices } from './services.ts';
import type { Skills } from './skills.ts';
import type { Tool } from './tool.ts';
import type { OwnVariables } from './variables.ts';

/** What a server is: the same for `createServer` and `createHandler`. */
export interface HandlerOptions extends About {
  /** Who may call. */
  readonly auth: ScalekitProvider;
  /** What can be called; clients list the tools in this order. */
  readonly tools: readonly Tool[];
  /** What can be read. */
  readonly resources?: readonly Resource[];
  /** What people can choose from a list. */
  readonly prompts?: readonly Prompt[];
  /** Instructions that clients can load into a model, with the files they refer to. Default: none. */
  readonly skills?: Skills | readonly Skills[];
  /** The values of the variables that `Register` names; tools, resources and prompts get them as `call.env`. */
  readonly env?: OwnVariables;
  /** What tools, resources and prompts get as `call.services`, if `Register` names it. You have to close it yourself. */
  readonly services?: OwnServices;
  /**
   * Signs what clients carry while a call waits for an answer (`call.ask`): 32 characters at least, the same in all
   * processes. Default: a random one, so that the answer has to come back to this process.
   */
  readonly stateSecret?: string | undefined;
  /**
   * Lists only what the token may use; default false. A client that does not see a tool never asks for its scope, so
   * that nobody is ever asked for more scopes later ("step-up"): leave it off if that should happen. What is hidden
   * is still refused by its scopes. Without a token, only public tools are listed.
   */
  readonly hideWhatIsRefused?: boolean;
  /** Default: none. Without `redisUrl` or `databaseUrl` each process, or instance of a serverless host, counts for itself. */
  readonly limits?: LimitOptions;
  /** Host names, with any port, that are allowed besides that of the provider's `mcpUrl`. */
  readonly allowedHosts?: readonly string[];
  /** Origins of web pages that are allowed besides that of the provider's `mcpUrl`. */
  readonly allowedOrigins?: readonly string[];
  /** How many of your own proxies are in front and add to `X-Forwarded-For`; default 0. */
  readonly trustedProxies?: number;
  /** How large a request's body may be; default 65,536. */
  readonly maxBodyBytes?: number;
  /** What `/.well-known/openai-apps-challenge` answers, for OpenAI's directory. Default: 404. */
  readonly openaiAppsChallenge?: string | undefined;
  /** Default: JSON on stderr, or text in a terminal. */
  readonly log?: Log;
}

/** What answers requests. */
export interface Protection {
  readonly mcp: McpEndpoint;
  readonly limits: Limits;
  readonly log: Log;
  readonly respond: (exchange: Exchange) => Promise<void>;
}

export const defaultBytes = 65_536;

/** @throws TypeError when two tools, resources or prompts have the same name, or one needs a scope that `auth` does not know. */
export function protect(options: HandlerOptions, life: Life): Protection {
  const { auth, log = createLog() } = options;
  const limits = new Limits(options.limits ?? {}, auth.endpoint.href, log);
  // If nothing was handed over, nothing is declared: `Register` is the owner's promise to hand it over.
  const { env = {} as OwnVariables, services = {} as OwnServices } = options;
  warnOfLongInstructions(options, log);
  const mcp = new McpEndpoint({ ...options, env, services, limits, log });
  const respond = createResponder({
    allowedHosts: [],
    allowedOrigins: [],
    trustedProxies: 0,
    maxBodyBytes: defaultBytes,
    ...options,
    mcp,
    limits,
    log,
    life,
  });
  auth.keys.log = log;
  return { mcp, limits, log, respond };
}
