// What both `.` and `./handler` of the package export: what an owner declares a server with.
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
export type {
  ArgumentsArriveAsText,
  DeclarePrompt,
  Message,
  Prompt,
  PromptDeclaration,
  PromptResult,
} from './prompt.ts';
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
  type PublicTool,
  type PublicToolsHaveNoScopes,
  type ScopedTool,
  type Tool,
  type ToolBasics,
  type ToolDeclaration,
  ToolError,
  type ToolHints,
  type ToolResult,
  type ToolSchemas,
} from './tool.ts';
