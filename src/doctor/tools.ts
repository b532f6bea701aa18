import type { ProbeResult } from './probe.ts';
import { objectIn, objectOf, reasonOf } from './reading.ts';

/** Reads lists of tools and answers of tools. Pure. */

/** The parts of a listed tool that checks ask about. */
export interface ToolFacts {
  readonly name: string;
  readonly title?: string;
  readonly description?: string;
  readonly inputSchema?: Readonly<Record<string, unknown>>;
  readonly readOnlyHint?: boolean;
  readonly destructiveHint?: boolean;
  readonly openWorldHint?: boolean;
  readonly idempotentHint?: boolean;
  /** Scopes and kinds of its `securitySchemes` (OpenAI), if it declares them. */
  readonly securitySchemes?: ReadonlyArray<Readonly<Record<string, unknown>>>;
  readonly isDeclaredPublic: boolean;
}

type Json = Readonly<Record<string, unknown>>;

function booleanIn(value: unknown): boolean | undefined {
  return typeof value === 'boolean' ? value : undefined;
}

function textIn(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** @returns an object without the fields that are undefined. */
function defined<T extends object>(fields: T): { [Key in keyof T]: Exclude<T[Key], undefined> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as never;
}

/** @returns one tool of a list, which may be anything. */
export function toolFacts(value: unknown): ToolFacts {
  const tool: Json = objectIn(value) ?? {};
  const annotations: Json = objectIn(tool.annotations) ?? {};
  const meta: Json = objectIn(tool._meta) ?? {};
  const schemes = [tool.securitySchemes, meta.securitySchemes].find(Array.isArray) as unknown[] | undefined;
  const securitySchemes: readonly Json[] | undefined = schemes?.flatMap((scheme): readonly Json[] => {
    const read = objectIn(scheme);
    return read === undefined ? [] : [read];
  });
  const isDeclaredPublic =
    securitySchemes?.some((scheme) => scheme.type === 'noauth') === true ||
    meta.public === true ||
    annotations.public === true;
  return {
    ...defined({
      title: textIn(tool.title) ?? textIn(annotations.title),
      description: textIn(tool.description),
      inputSchema: objectIn(tool.inputSchema),
      readOnlyHint: booleanIn(annotations.readOnlyHint),
      destructiveHint: booleanIn(annotations.destructiveHint),
      openWorldHint: booleanIn(annotations.openWorldHint),
      idempotentHint: booleanIn(annotations.idempotentHint),
      securitySchemes,
    }),
    name: textIn(tool.name) ?? '?',
    isDeclaredPublic,
  } as ToolFacts;
}

/** @returns the tools in an answer to `tools/list`, or undefined if it is no such list. */
export function toolFactsOf(answer: ProbeResult): readonly ToolFacts[] | undefined {
  const tools = objectIn(objectOf(answer)?.result)?.tools;
  return Array.isArray(tools) ? tools.map(toolFacts) : undefined;
}

/** @returns whether a tool says that everybody may call it. */
export function isPublic({ isDeclaredPublic }: ToolFacts): boolean {
  return isDeclaredPublic;
}

const authorizationWords =
  /unauthori[sz]ed|authenticat|forbidden|permission|insufficient|\btoken\b|scope|sign in|log in|not allowed/i;
const argumentWords =
  /invalid (?:argument|param|input|type)|validation|required|expected|must be|missing .*argument|unexpected|unrecognized|schema/i;

/** What a tool did with a call without a token. */
export type CallOutcome = 'ran' | 'looked at its arguments' | 'refused' | 'unclear';

/** @returns whether a call without a token reached the tool: it ran, or refused only the arguments. */
export function callOutcomeOf(answer: ProbeResult): CallOutcome {
  if (!answer.answered || answer.status < 200 || answer.status > 299) return 'refused';
  const document = objectOf(answer);
  const error = objectIn(document?.error);
  const result = objectIn(document?.result);
  const said = error === undefined ? JSON.stringify(result?.content ?? result ?? '') : reasonOf(answer);
  if (authorizationWords.test(said) || objectIn(result?._meta)?.['mcp/www_authenticate'] !== undefined)
    return 'refused';
  if (error !== undefined)
    return error.code === -32602 || argumentWords.test(said) ? 'looked at its arguments' : 'unclear';
  if (result === undefined) return 'unclear';
  if (result.isError !== true) return 'ran';
  return argumentWords.test(said) ? 'looked at its arguments' : 'ran';
}
