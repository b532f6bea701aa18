// The owner's own environment variables: how they are declared, and the type that tools get.

/** One variable: what it is, in a line; or that, and what holds if nobody has set it. */
export type VariableDeclaration =
  | string
  | { readonly description: string; readonly default: string }
  | { readonly description: string; readonly optional: true };

/** Declared variables by name. Written as a literal in `src/main.ts`, so that `scalekit-mcp doctor` can read it. */
export type VariableDeclarations = Readonly<Record<string, VariableDeclaration>>;

/**
 * Tells TypeScript the variables and the services of this server, so that `call.env`, `call.services` and `serve`'s `env` have
 * them.
 *
 * @example
 * const variables = { WEATHER_API_KEY: 'The key of the weather service' } as const;
 * declare module 'scalekit-mcp-server' {
 *   interface Register { variables: typeof variables }
 * }
 */
// biome-ignore lint/suspicious/noEmptyInterface: it is there to be augmented by the owner of a server.
export interface Register {}

/** The values of declared variables: text, or undefined if a variable is optional. */
export type ValuesOf<Declarations extends VariableDeclarations> = {
  readonly [Name in keyof Declarations]: Declarations[Name] extends { readonly optional: true }
    ? string | undefined
    : string;
};

/** The variables that `Register` names; none by default. */
export type OwnDeclarations = Register extends { variables: infer Variables extends VariableDeclarations }
  ? Variables
  : // biome-ignore lint/complexity/noBannedTypes: the type of an object without variables.
    {};

/** The owner's variables as tools get them. */
export type OwnVariables = ValuesOf<OwnDeclarations>;
