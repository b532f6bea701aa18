import type { CallToolResult, Tool } from '@modelcontextprotocol/client';
import { printable } from '../../scalekit/index.ts';
import { didYouMean } from '../../terminal/closest.ts';
import { type Context, type ExitCode, exitCodes } from '../../terminal/context.ts';
import { UsageError } from '../../terminal/errors.ts';
import { jsonText, shown } from '../../terminal/json.ts';
import type { TokenOptions } from '../token/target.ts';
import { type Arguments, argumentsOf, type Schema } from './arguments.ts';
import { withServer } from './connection.ts';

/** The options of `scalekit-mcp call` and `list`, as they were typed. */
export interface CallOptions extends TokenOptions {
  readonly json?: boolean;
}

/** What a person sees of a result: its data, else its text, else what kind of content it is. */
function inWords({ structuredContent, content }: CallToolResult): string {
  if (structuredContent !== undefined) return shown(JSON.stringify(structuredContent, null, 2));
  return content
    .map((block) => {
      if (block.type === 'text') return shown(block.text);
      if (block.type === 'resource_link') return printable(`${block.name}: ${block.uri}`, 2000);
      return `(${block.type})`;
    })
    .join('\n');
}

/** The text of a tool's error: generated servers wrap it in `{"error": …}`, for models. */
function errorOf(result: CallToolResult): string {
  const text = inWords(result);
  try {
    const { error } = JSON.parse(text) as { readonly error?: unknown };
    return typeof error === 'string' ? shown(error) : text;
  } catch {
    return text;
  }
}

function toolNamed(name: string, tools: readonly Tool[]): Tool {
  const tool = tools.find((each) => each.name === name);
  if (tool !== undefined) return tool;
  const known = tools.map((each) => printable(each.name));
  throw new UsageError(`There is no tool ${printable(name)}; ${didYouMean(name, known)}`, {
    code: 'call/unknown-tool',
    next: 'npx scalekit-mcp list',
  });
}

/**
 * Calls a tool of the project's server, or of another.
 * @returns 0, or 1 if the tool answered with an error.
 * @throws UsageError for a tool that is not there, or arguments that its schema refuses; UserError if there is no answer.
 */
export async function call(options: CallOptions, context: Context): Promise<ExitCode> {
  const [name, ...words] = options.words ?? [];
  if (name === undefined)
    throw new UsageError('Which tool?', { code: 'call/no-tool', next: 'npx scalekit-mcp list' });
  const result = await withServer(options, context, async (connection) => {
    const tool = toolNamed(name, await connection.tools());
    const given: Arguments = argumentsOf(words, tool.inputSchema as Schema, name);
    return connection.call(tool, given);
  });
  const failed = result.isError === true;
  if (options.json) context.stdout.write(jsonText(result));
  else if (failed) context.stderr.write(`error: ${printable(name)}: ${errorOf(result)}\n`);
  else context.stdout.write(`${inWords(result)}\n`);
  return failed ? exitCodes.failed : exitCodes.ok;
}
