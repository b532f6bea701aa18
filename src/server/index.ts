/**
 * The protection of an MCP server behind Scalekit (OAuth 2.1): `serve` runs a server, `defineScopes` declares what its
 * tools need.
 */
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
export { createServer, type ProtectedServer, type ServerOptions } from './create-server.ts';
export { type DefinedScopes, defineScopes } from './define-scopes.ts';
export type { DenyOptions } from './deny-list.ts';
export type { Environment } from './environment.ts';
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
  ResourcePage,
  ResourcePart,
} from './resource.ts';
export type { ScopeOptions, Scopes } from './scopes.ts';
export { type DeclaredVariables, type ServeOptions, serve } from './serve.ts';
export type { DeclaredServices, OwnServices, ServiceDeclaration } from './services.ts';
export type { Settings } from './settings.ts';
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
export type {
  OwnDeclarations,
  OwnVariables,
  Register,
  ValuesOf,
  VariableDeclaration,
  VariableDeclarations,
} from './variables.ts';
