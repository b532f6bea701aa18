// The server as a function from `Request` to `Response`, for hosts that listen themselves. This is the package's `./handler`.
import { FetchExchange } from './fetch-exchange.ts';
import { type HandlerOptions, protect } from './protection.ts';

export type { About, Icon } from './about.ts';
export type { Access, User } from './access.ts';
export type { Call, ListingCall, Progress, PublicCall } from './call.ts';
export type { Complete, Completer } from './completion.ts';
export {
  audio,
  type Bytes,
  type Content,
  type Contents,
  type Embedded,
  embedded,
  image,
  resourceLink,
  type WithContent,
  withContent,
} from './content.ts';
export { type DefinedScopes, defineScopes } from './define-scopes.ts';
export type { DenyOptions } from './deny-list.ts';
export type { LimitOptions } from './limits.ts';
export type { Details, Level, Log } from './log.ts';
export type { DeclarePrompt, Message, Prompt, PromptDeclaration, PromptResult } from './prompt.ts';
export type { HandlerOptions } from './protection.ts';
export { type ScalekitOptions, ScalekitProvider } from './provider.ts';
export { type Answer, type Ask, CannotAsk } from './questions.ts';
export type {
  CacheHint,
  DeclaredResource,
  DeclareResource,
  ListedResource,
  Resource,
  ResourceContents,
  ResourceDeclaration,
  ResourcePart,
} from './resource.ts';
export type { ScopeOptions, Scopes } from './scopes.ts';
export type { DeclareSkills, SkillCatalog, Skills, SkillsDeclaration } from './skills.ts';
export {
  type DeclareTool,
  type PublicToolDeclaration,
  type Tool,
  type ToolBasics,
  type ToolDeclaration,
  ToolError,
  type ToolHints,
  type ToolResult,
} from './tool.ts';

/** Answers one request. It never throws: errors are answers, too. */
export type Handler = (request: Request) => Promise<Response>;

/**
 * Makes the whole server, with its metadata, health and MCP endpoint, as a function for hosts that listen themselves. It reads
 * no variables, does not listen, changes no process settings, and starts no timer before a request comes.
 *
 * Limits count in memory, where each instance of the host counts for itself, or with `limits.redisUrl` or
 * `limits.databaseUrl` for all together.
 *
 * @example
 * export const POST = createHandler({ name: 'Todo MCP', version: '1.0.0', auth, tools });
 * @throws TypeError when two tools, resources or prompts have the same name, or one needs a scope that `auth` does not know.
 */
export function createHandler(options: HandlerOptions): Handler {
  const { respond, log } = protect(options, { isEnding: false });
  const { redisUrl, databaseUrl, ...counted } = options.limits ?? {};
  if ((redisUrl ?? databaseUrl) === undefined && Object.values(counted).some((limit) => limit > 0)) {
    const message = 'Limits are counted in memory: each instance of the host counts for itself.';
    log('info', 'limits_per_instance', { message });
  }
  return async (request) => {
    const exchange = new FetchExchange(request);
    void respond(exchange);
    return await exchange.response;
  };
}
