import type { Prompt, Tool } from '@modelcontextprotocol/client';
import { printable } from '../../scalekit/index.ts';
import { type Context, type ExitCode, exitCodes } from '../../terminal/context.ts';
import { Interrupted, UsageError, UserError } from '../../terminal/errors.ts';
import { jsonText } from '../../terminal/json.ts';
import { styled } from '../../terminal/screen.ts';
import { type Property, typesOf } from './arguments.ts';
import type { CallOptions } from './call.ts';
import { isPublic, type Listed, scopesOfEntry, withServer } from './connection.ts';

/** `title: string, description?: string`, a schema for people. `null` is left out: most optional arguments accept it. */
function signatureOf({ properties = {}, required = [] }: Tool['inputSchema']): string {
  return Object.entries(properties as Readonly<Record<string, Property>>)
    .map(([name, property]) => {
      const mark = required.includes(name) ? '' : '?';
      const types = [...new Set(typesOf(property))].filter((type) => type !== 'null');
      return `${name}${mark}${types.length === 0 ? '' : `: ${types.join(' | ')}`}`;
    })
    .join(', ');
}

/** @returns an entry with its scopes, which `--json` always shows as a list, whatever the server calls them. */
function entryOf(entry: Entry): object {
  const scopes = scopesOfEntry(entry);
  return scopes === undefined ? entry : { ...entry, scopes };
}

/** The list is an overview: in a terminal each tool's description gets one line. */
function widthOf({ stdout }: Context): number {
  return stdout.isTTY === true ? Math.max(40, stdout.columns ?? 80) : 1000;
}

/** What the lists of tools, resources and prompts have in common. */
type Entry = Pick<Tool, '_meta' | 'name' | 'title' | 'description'>;

/** @param what how it is called or read, its name first. */
function show(
  [name, rest]: readonly [string, string],
  entry: Entry,
  isOpen: boolean,
  context: Context,
): void {
  const scopes = scopesOfEntry(entry)?.map((scope) => printable(scope));
  const [first = ''] = (entry.description ?? entry.title ?? '').split('\n');
  const scoped = scopes === undefined || scopes.length === 0 ? '' : `needs ${scopes.join(', ')}`;
  const needs = isOpen ? 'needs no token' : scoped;
  context.stdout.write(`${styled(context, 'bold', printable(name, 1000))}${printable(rest, 1000)}\n`);
  if (first !== '') context.stdout.write(`    ${printable(first, widthOf(context) - 5)}\n`);
  if (needs !== '') context.stdout.write(`    ${styled(context, 'dim', needs)}\n`);
}

function argumentsOf({ arguments: list = [] }: Prompt): string {
  return `(${list.map(({ name, required }) => (required ? name : `${name}?`)).join(', ')})`;
}

/** Tools as they are called; what else there is below a heading, if there is any. */
function showAll({ tools, resources, resourceTemplates, prompts }: Listed, context: Context): void {
  for (const tool of tools)
    show([tool.name, `(${signatureOf(tool.inputSchema)})`], tool, isPublic(tool), context);
  const heading = (text: string) => context.stdout.write(`\n${styled(context, 'dim', `${text}:`)}\n`);
  if (resources.length + resourceTemplates.length > 0) heading('Resources');
  for (const each of resourceTemplates) show([each.uriTemplate, ''], each, false, context);
  for (const each of resources)
    show([each.uri, ''], { ...each, title: each.title ?? each.name }, false, context);
  if (prompts.length > 0) heading('Prompts');
  for (const each of prompts) show([each.name, argumentsOf(each)], each, false, context);
}

/** Without an answer nothing is known about the server's tools: exit code 3, for whatever reason. */
function uncheckable(error: unknown): unknown {
  if (!(error instanceof UserError) || error instanceof UsageError || error instanceof Interrupted)
    return error;
  const { message, code, next, cause } = error;
  return new UserError(message, {
    exitCode: exitCodes.unchecked,
    code,
    cause,
    ...(next === undefined ? {} : { next }),
  });
}

/**
 * Lists the tools, resources and prompts of the project's server, or of another, with the scopes that each needs.
 * @throws UserError with exit code 3 if the server cannot be asked; UsageError if an option is wrong.
 */
export async function list(options: CallOptions, context: Context): Promise<ExitCode> {
  const { endpoint, listed } = await withServer(options, context, async (connection) => ({
    endpoint: connection.endpoint,
    listed: await connection.everything(),
  })).catch((error: unknown) => {
    throw uncheckable(error);
  });
  const entries = Object.fromEntries(
    Object.entries(listed as Readonly<Record<keyof Listed, readonly Entry[]>>).map(([kind, list]) => [
      kind,
      list.map(entryOf),
    ]),
  );
  if (options.json) context.stdout.write(jsonText({ endpoint, ...entries }));
  else showAll(listed, context);
  return exitCodes.ok;
}
