// Where an owner starts: the scopes, and the functions that declare what needs them.
import { type DeclarePrompt, declarePrompt } from './prompt.ts';
import { type DeclareResource, declareResource } from './resource.ts';
import { type ScopeOptions, Scopes } from './scopes.ts';
import { type DeclareSkills, declareSkills } from './skills.ts';
import { type DeclareTool, declareTool } from './tool.ts';

/** What `defineScopes` gives: the scopes, and the functions that declare what needs them. */
export interface DefinedScopes<Scope extends string> {
  /** For `ScalekitProvider`. */
  readonly scopes: Scopes<Scope>;
  /** Declares a tool. A scope that is not defined, or misspelt, does not compile. */
  readonly tool: DeclareTool<Scope>;
  /** Declares a resource, or a template of resources. */
  readonly resource: DeclareResource<Scope>;
  /** Declares a prompt. */
  readonly prompt: DeclarePrompt<Scope>;
  /** Declares the skills. */
  readonly skills: DeclareSkills<Scope>;
}

/**
 * Defines the scopes of a server, named as in Scalekit's dashboard (MCP Servers > your server), each with what it allows
 * in a person's words. The names become a type.
 *
 * @example
 * export const { scopes, tool, resource, prompt } = defineScopes({
 *   'todo:read': 'Read your todos',
 *   'todo:write': 'Create, change and delete your todos',
 * });
 * @throws TypeError when a name breaks Scalekit's rule (letters, digits, `_` and `:`, 64 characters at most).
 */
export function defineScopes<const Scope extends string>(
  descriptions: Readonly<Record<Scope, string>>,
  options: ScopeOptions<NoInfer<Scope>> = {},
): DefinedScopes<Scope> {
  return {
    scopes: new Scopes(descriptions, options),
    tool: declareTool,
    resource: declareResource,
    prompt: declarePrompt,
    skills: declareSkills,
  };
}
