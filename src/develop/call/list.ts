import type { Tool } from '@modelcontextprotocol/client';
import { printable } from '../../scalekit/index.ts';
import { type Context, type ExitCode, exitCodes } from '../../terminal/context.ts';
import { Interrupted, UsageError, UserError } from '../../terminal/errors.ts';
import { styled } from '../../terminal/screen.ts';
import { type Property, typesOf } from './arguments.ts';
import type { CallOptions } from './call.ts';
import { isPublic, scopesOfTool, withServer } from './connection.ts';

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

/** @returns a tool with its scopes, which `--json` always shows as a list, whatever the server calls them. */
function entryOf(tool: Tool): object {
  const scopes = scopesOfTool(tool);
  return scopes === undefined ? tool : { ...tool, scopes };
}

/** The list is an overview: in a terminal each tool's description gets one line. */
function widthOf({ stdout }: Context): number {
  return stdout.isTTY === true ? Math.max(40, stdout.columns ?? 80) : 1000;
}

function show(tool: Tool, context: Context): void {
  const scopes = scopesOfTool(tool)?.map((scope) => printable(scope));
  const [first = ''] = (tool.description ?? tool.title ?? '').split('\n');
  const signature = `${styled(context, 'bold', printable(tool.name))}(${printable(signatureOf(tool.inputSchema), 1000)})`;
  const scoped = scopes === undefined || scopes.length === 0 ? '' : `needs ${scopes.join(', ')}`;
  const needs = isPublic(tool) ? 'needs no token' : scoped;
  context.stdout.write(`${signature}\n`);
  if (first !== '') context.stdout.write(`    ${printable(first, widthOf(context) - 5)}\n`);
  if (needs !== '') context.stdout.write(`    ${styled(context, 'dim', needs)}\n`);
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
 * Lists the tools of the project's server, or of another, with the scopes that each needs.
 * @throws UserError with exit code 3 if the server cannot be asked; UsageError if an option is wrong.
 */
export async function list(options: CallOptions, context: Context): Promise<ExitCode> {
  const { endpoint, tools } = await withServer(options, context, async (connection) => ({
    endpoint: connection.endpoint,
    tools: await connection.tools(),
  })).catch((error: unknown) => {
    throw uncheckable(error);
  });
  if (options.json)
    context.stdout.write(`${JSON.stringify({ endpoint, tools: tools.map(entryOf) }, null, 2)}\n`);
  else for (const tool of tools) show(tool, context);
  return exitCodes.ok;
}
