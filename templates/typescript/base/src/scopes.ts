// The scopes of this server: which there are, what each allows, and which of them a client asks for first.

/**
 * Every scope, named as in Scalekit's dashboard (MCP Servers > your server), with what it allows in a person's words.
 * The names are a type: a tool that asks for a misspelt scope does not compile.
 */
export const scopes = {
  'todo:read': 'Read your todos',
  'todo:write': 'Create, change and delete your todos',
} as const;

export type Scope = keyof typeof scopes;

/**
 * What a client is told to ask for when it connects. All scopes, because few clients come back for more later.
 * With fewer here, a client is sent back for the rest when a tool needs it ("step-up").
 */
export const baseScopes: readonly Scope[] = ['todo:read', 'todo:write'];

/**
 * Scopes that include others. Scalekit's scopes are flat, so this is empty: a token has what it lists, no more.
 * `{ 'files:write': ['files:read'] }` would let whoever may write read as well, here and in what clients are told.
 */
export const impliedScopes: { readonly [scope in Scope]?: readonly Scope[] } = {};
