// Declares a tool: what it is called, which scopes it needs, what it takes and returns, and what it does.
import type { CallToolResult, ToolAnnotations, Tool as ToolListing } from '@modelcontextprotocol/server';
import type * as z from 'zod';
import { printable } from '../scalekit/checked.ts';
import type { Call, PublicCall } from './call.ts';
import { type Contents, contentOf, WithContent } from './content.ts';
import { type ParamHeader, paramHeadersOf } from './param-headers.ts';
import { explain, listedSchema } from './schema.ts';
import { securitySchemesOf } from './security-schemes.ts';

/**
 * What a tool does to the world, as clients tell people before a call. Directories of clients refuse tools that leave one of
 * the three out, so that each has to be said. They are hints: nothing here depends on them.
 */
export type ToolHints = {
  /** Whether calling it again with the same arguments changes nothing more; default: as `readOnlyHint`. */
  readonly idempotentHint?: boolean;
  /** Whether it reaches beyond this server and its data, as a search of the web does. */
  readonly openWorldHint: boolean;
} & (
  | {
      /** It changes nothing. */
      readonly readOnlyHint: true;
      readonly destructiveHint: false;
    }
  | {
      readonly readOnlyHint: false;
      /** Whether it may delete or overwrite something, rather than only add to it. */
      readonly destructiveHint: boolean;
    }
);

/** What clients see of a tool, besides its schemas. */
export interface ToolBasics {
  /** The name that clients call: letters, digits, `_` and `-`, 64 characters at most. */
  readonly name: string;
  /** What people see. */
  readonly title: string;
  /** What a model reads to decide whether to use this tool. */
  readonly description: string;
  readonly annotations: ToolHints;
}

/**
 * What a tool takes and returns. It is a type of its own because the compiler infers schemas only from an object that has all
 * that is required beside them: a tool without a description would otherwise be reported as one with a wrong schema.
 */
export interface ToolSchemas<Input extends z.ZodObject, Output extends z.ZodObject | undefined> {
  readonly input: Input;
  /** What `run` returns beyond this schema is not sent. Without a schema `run` returns text, images and other content. */
  readonly output?: Output;
}

/** Who may call a tool: whoever has its scopes. */
export interface ScopedTool<Scope extends string> {
  /** All of them are required. Without them the call ends with HTTP 403, before `run`. */
  readonly scopes: readonly Scope[];
  readonly public?: false;
}

/** Who may call a public tool: everybody, without a token too. */
export interface PublicTool {
  /**
   * Callable without a token. Clients can then also connect and see the lists (of tools, resources and prompts) without one;
   * everything else answers 401 as before. Calls without a token are limited for each address.
   */
  readonly public: true;
  /** A public tool needs none. */
  readonly scopes?: PublicToolsHaveNoScopes;
}

/** Its name is what the compiler says about a public tool with scopes. */
export interface PublicToolsHaveNoScopes {
  readonly none: never;
}

/** A tool: what clients see of it, which scopes it needs, and what it does. */
export type ToolDeclaration<
  Scope extends string,
  Input extends z.ZodObject,
  Output extends z.ZodObject | undefined,
  Public extends boolean = false,
> = ToolSchemas<Input, Output> &
  ToolBasics & { readonly public?: Public } & (Public extends true ? PublicTool : ScopedTool<Scope>) & {
    run(
      args: z.output<Input>,
      call: Public extends true ? PublicCall<Scope> : Call<Scope>,
    ): ToolResult<Output> | Promise<ToolResult<Output>>;
  };

/**
 * What `run` gives: an object that fits the output schema, alone or with content beside it (`withContent`); for a tool
 * without that schema text, images, audio, links and embedded resources.
 */
export type ToolResult<Output extends z.ZodObject | undefined> = Output extends z.ZodObject
  ? z.input<Output> | WithContent<z.input<Output>>
  : Contents;

/** A declared tool, as the rest of the server sees it. */
export interface Tool {
  /** What a token needs before the tool runs. */
  readonly scopes: readonly string[];
  /** Whether it may be called without a token. */
  readonly isPublic?: boolean;
  /** The tool's entry in `tools/list`. */
  readonly listing: ToolListing;
  /** The arguments that clients of 2026-07-28 repeat in headers: those with `x-mcp-header` in their schema's `meta()`. */
  readonly paramHeaders?: readonly ParamHeader[] | undefined;
  /** Checks the arguments, runs the tool, checks the result. Whoever calls it has checked the scopes. */
  call(args: unknown, call: PublicCall): Promise<CallToolResult>;
}

/**
 * Throw this from `run` for what the caller may read: the model gets `{"error": message}` as an error result.
 *
 * @example
 * throw new ToolError(`Todo \`${todo_id}\` not found.`);
 */
export class ToolError extends Error {
  override readonly name = 'ToolError';
}

/**
 * Declares a tool. Identity comes from `call.user`, never from an argument; all listed scopes are required.
 *
 * @example
 * export const getTodo = tool({
 *   name: 'get_todo',
 *   title: 'Get a todo',
 *   description: "Reads one of the user's todos.",
 *   scopes: ['todo:read'],
 *   input: z.object({ todo_id: z.string() }),
 *   output: z.object({ title: z.string() }),
 *   annotations: { readOnlyHint: true, destructiveHint: false, openWorldHint: false },
 *   run: async ({ todo_id }, { user }) => ({ title: await titleOf(user.id, todo_id) }),
 * });
 */
export type DeclareTool<Scope extends string> = <
  Input extends z.ZodObject,
  Output extends z.ZodObject | undefined = undefined,
  Public extends boolean = false,
>(
  declaration: ToolDeclaration<Scope, Input, Output, Public>,
) => Tool;

/** Declares a tool of any scopes. Its schemas become JSON Schema once, here, and not with every request. */
export function declareTool<
  Scope extends string,
  Input extends z.ZodObject,
  Output extends z.ZodObject | undefined = undefined,
  Public extends boolean = false,
>(declaration: ToolDeclaration<Scope, Input, Output, Public>): Tool {
  const { name, title, description, input, output } = declaration;
  checkName(name);
  const isPublic = declaration.public === true;
  const scopes = scopesOf(declaration);
  const inputSchema = listedSchema(input, 'input');
  return {
    scopes,
    isPublic,
    paramHeaders: paramHeadersOf(name, inputSchema),
    listing: {
      name,
      title,
      description,
      inputSchema,
      ...(output && { outputSchema: listedSchema(output, 'output') }),
      annotations: hints(declaration),
      ...securityOf(scopes, isPublic),
    },
    async call(args, call) {
      const parsed = input.safeParse(args ?? {});
      // A wrong argument is a result and not a protocol error, so that the model reads it and tries again.
      if (!parsed.success) return errorResult(`Invalid arguments: ${explain(parsed.error)}`);
      try {
        // A call of a protected tool has a user: whoever calls it has checked that.
        return resultOf(await declaration.run(parsed.data, call as Call<Scope>), output);
      } catch (error) {
        if (error instanceof ToolError) return errorResult(error.message);
        throw error;
      }
    },
  };
}

/** @throws ZodError where the result is not what the tool has declared. */
function resultOf(result: unknown, output: z.ZodObject | undefined): CallToolResult {
  if (output === undefined) return { content: contentOf(result as Contents) };
  const { structured, content } =
    result instanceof WithContent ? result : { structured: result, content: [] };
  const structuredContent = output.parse(structured);
  return { content: [{ type: 'text', text: textOf(structuredContent) }, ...content], structuredContent };
}

/**
 * An error that a model can read. It is text only: clients hold `structuredContent` against the output schema,
 * even in an error.
 */
export function errorResult(message: string): CallToolResult {
  return { isError: true, content: [{ type: 'text', text: JSON.stringify({ error: message }) }] };
}

/** Which scopes the tool needs; under `_meta` as well, because clients drop members that the specification does not name. */
function securityOf(scopes: readonly string[], isPublic: boolean): object {
  const securitySchemes = securitySchemesOf(scopes, isPublic);
  return { securitySchemes, _meta: { securitySchemes } };
}

/** What the compiler says to owners who have it, and to those whose code is JavaScript. */
function scopesOf(declared: {
  readonly name: string;
  readonly scopes?: readonly string[] | PublicToolsHaveNoScopes;
  readonly public?: boolean;
}): readonly string[] {
  const { name, public: isPublic = false } = declared;
  const scopes = declared.scopes as readonly string[] | undefined;
  if (typeof isPublic !== 'boolean')
    throw new TypeError(`${name} has a wrong \`public\`. Expected: true or false`);
  if (isPublic && scopes !== undefined)
    throw new TypeError(`${name} is public and has scopes. Expected: one of the two`);
  if (!isPublic && scopes === undefined)
    throw new TypeError(`${name} has no scopes. Expected: a list of them, or \`public: true\``);
  return scopes ?? [];
}

const statedHints = ['readOnlyHint', 'destructiveHint', 'openWorldHint'] as const;

interface DeclaredHints {
  readonly name: string;
  readonly title: string;
  /** Not there, where the owner's code is JavaScript. */
  readonly annotations?: ToolHints;
}

/** All hints, stated, and the title again, where clients of before 2025-06-18 look for it. */
function hints({ name, title, annotations: declared }: DeclaredHints): ToolAnnotations {
  const missing = statedHints.filter((hint) => typeof declared?.[hint] !== 'boolean');
  if (missing.length > 0)
    throw new TypeError(`The annotations of ${name} lack ${missing.join(', ')}. Expected: true or false`);
  return { title, idempotentHint: declared?.readOnlyHint ?? false, ...declared };
}

/** Clients hand names on to models, which take no others; directories take none that is longer. */
const toolName = /^[\w-]{1,64}$/;

function checkName(name: string): void {
  if (toolName.test(name)) return;
  throw new TypeError(
    `A tool is named \`${printable(name)}\`. Expected: letters, digits, _ and -, 64 characters at most`,
  );
}

/**
 * The result as JSON, for clients and models that read text. It is JSON inside the JSON of the answer, where every escape is
 * escaped again: a control character would be seven bytes, so its picture stands in its place. `structuredContent` has it
 * as it is.
 */
function textOf(result: unknown): string {
  const json = JSON.stringify(result);
  if (!json.includes('\\u00')) return json;
  return json.replaceAll(/\\(?:u00([01][\da-f])|.)/g, (escaped, code?: string) =>
    code === undefined ? escaped : String.fromCharCode(0x2400 + Number.parseInt(code, 16)),
  );
}
