// Declares a prompt: what it is called, which scopes it needs, what a person fills in, and which messages come of it.
import type { GetPromptResult, Prompt as PromptListing, PromptMessage } from '@modelcontextprotocol/server';
import * as z from 'zod';
import type { Call } from './call.ts';
import { type Complete, type Completer, completersOf } from './completion.ts';
import type { Content } from './content.ts';
import { explain, listedSchema } from './schema.ts';
import { securityMeta } from './security-schemes.ts';

/** One message of a prompt. */
export interface Message {
  readonly role: 'user' | 'assistant';
  readonly content: string | Content;
}

/** What `run` returns: messages. Text and other content without a role counts as the user's. */
export type PromptResult = string | Content | ReadonlyArray<string | Content | Message>;

/** The names of arguments that no text fits, such as `z.number()`. What takes anything (`z.coerce.number()`) takes text as well. */
type NotText<Input> = {
  [Name in keyof Input]-?: unknown extends Input[Name]
    ? never
    : [Extract<Input[Name], string>] extends [never]
      ? Name
      : never;
}[keyof Input];

/** Its name is what the compiler says of an argument that never could be filled in. */
export interface ArgumentsArriveAsText<Name> {
  /** Use `z.string()`, `z.enum()`, or `z.coerce.number()` for it. */
  readonly notText: Name;
}

/** A prompt, which people choose from a list. */
export interface PromptDeclaration<Scope extends string, Arguments extends z.ZodObject> {
  /** The name that clients ask for: letters, digits and `_`, 64 characters at most. */
  readonly name: string;
  /** What people see. */
  readonly title?: string;
  readonly description: string;
  /** All of them are required. Without them the request ends with HTTP 403, before `run` or `complete`. */
  readonly scopes: readonly Scope[];
  /** What a person fills in. All values arrive as text: use `z.string()`, `z.enum()`, or `z.coerce.number()`. */
  readonly arguments?: Arguments &
    ([NotText<z.input<Arguments>>] extends [never]
      ? unknown
      : ArgumentsArriveAsText<NotText<z.input<Arguments>>>);
  /** Suggests values of an argument while a person types. */
  readonly complete?: Complete<Extract<keyof z.output<Arguments>, string>, Scope>;
  run(args: z.output<Arguments>, call: Call<Scope>): PromptResult | Promise<PromptResult>;
}

/** A declared prompt, as the rest of the server sees it. */
export interface Prompt {
  readonly scopes: readonly string[];
  readonly completers: ReadonlyMap<string, Completer>;
  /** Its entry in `prompts/list`. */
  readonly listing: PromptListing;
  /**
   * Checks the arguments and runs the prompt. The caller has checked the scopes.
   * @throws WrongArguments
   */
  get(args: unknown, call: Call): Promise<GetPromptResult>;
}

/** Arguments that do not fit; the message says which, and is for the caller. */
export class WrongArguments extends Error {
  override readonly name = 'WrongArguments';
}

/**
 * Declares a prompt. Identity comes from `call.user`, never from an argument.
 *
 * @example
 * export const planDay = prompt({
 *   name: 'plan_day',
 *   title: 'Plan my day',
 *   description: 'Asks for a plan that fits the open todos.',
 *   scopes: ['todo:read'],
 *   arguments: z.object({ hours: z.coerce.number().describe('How many hours there are') }),
 *   run: async ({ hours }, { user }) => `I have ${hours} hours, and this to do: ${await openTodos(user.id)}`,
 * });
 */
export type DeclarePrompt<Scope extends string> = <
  Arguments extends z.ZodObject = z.ZodObject<Record<never, never>>,
>(
  declaration: PromptDeclaration<Scope, Arguments>,
) => Prompt;

const nothing = z.object({});

/** Declares a prompt of any scopes. */
export function declarePrompt<Scope extends string, Arguments extends z.ZodObject>(
  declaration: PromptDeclaration<Scope, Arguments>,
): Prompt {
  const { name, title, description, scopes, complete } = declaration;
  const schema: z.ZodObject = declaration.arguments ?? nothing;
  const listed = listedArguments(schema);
  return {
    scopes,
    completers: completersOf(
      complete as Complete<string, Scope> | undefined,
      Object.keys(schema.shape),
      name,
    ),
    listing: {
      name,
      ...(title !== undefined && { title }),
      description,
      ...(listed.length > 0 && { arguments: listed }),
      _meta: securityMeta(scopes),
    },
    async get(args, call) {
      const parsed = schema.safeParse(args ?? {});
      if (!parsed.success) throw new WrongArguments(`Invalid arguments: ${explain(parsed.error)}`);
      const result = await declaration.run(parsed.data as z.output<Arguments>, call as Call<Scope>);
      return { description, messages: messagesOf(result) };
    },
  };
}

function listedArguments(schema: z.ZodObject): NonNullable<PromptListing['arguments']> {
  const { properties = {}, required = [] } = listedSchema(schema, 'input');
  return Object.entries(properties as Record<string, { title?: string; description?: string }>).map(
    ([name, { title, description }]) => ({
      name,
      ...(title !== undefined && { title }),
      ...(description !== undefined && { description }),
      required: required.includes(name),
    }),
  );
}

function messagesOf(result: PromptResult): PromptMessage[] {
  const list = Array.isArray(result) ? result : [result as string | Content];
  return list.map((each: string | Content | Message) => {
    const { role, content } =
      typeof each === 'object' && 'role' in each ? each : ({ role: 'user', content: each } as const);
    return { role, content: typeof content === 'string' ? { type: 'text', text: content } : content };
  });
}
