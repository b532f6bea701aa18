import { printable } from '../../scalekit/index.ts';
import { type Context, type ExitCode, exitCodes } from '../../terminal/context.ts';
import { UsageError } from '../../terminal/errors.ts';
import type { TokenOptions } from '../token/for-server.ts';
import { argumentsOf } from './arguments.ts';
import { withServer } from './connection.ts';

/** The options of `scalekit-mcp call` and `list`, as they were typed. */
export interface CallOptions extends TokenOptions {
  readonly json?: boolean;
}

interface Content {
  readonly type: string;
  readonly text?: unknown;
}

/** What a person reads of a result: its data, else its text, else what kind of thing it is. */
function inWords(result: { structuredContent?: unknown; content?: unknown }): string {
  if (result.structuredContent !== undefined) return JSON.stringify(result.structuredContent, null, 2);
  const content = Array.isArray(result.content) ? (result.content as readonly Content[]) : [];
  return content.map(({ type, text }) => (typeof text === 'string' ? text : `(${type})`)).join('\n');
}

/**
 * Calls a tool of the project's server, or of another.
 * @returns 0, or 1 where the tool answered with an error.
 * @throws UsageError for a tool that is not there, or arguments that its schema refuses; UserError where there is no answer.
 */
export async function call(options: CallOptions, context: Context): Promise<ExitCode> {
  const [name, ...words] = options.words ?? [];
  if (name === undefined)
    throw new UsageError('Which tool?', { code: 'call/no-tool', next: 'scalekit-mcp list' });
  const result = await withServer(options, context, async ({ client, options: each }) => {
    const { tools } = await client.listTools(undefined, each);
    const tool = tools.find((known) => known.name === name);
    if (tool === undefined)
      throw new UsageError(
        `There is no tool ${printable(name)}\n    expected ${tools.map((known) => known.name).join(', ')}`,
        { code: 'call/unknown-tool', next: 'scalekit-mcp list' },
      );
    const given = argumentsOf(words, tool.inputSchema as Parameters<typeof argumentsOf>[1], name);
    return client.callTool({ name, arguments: given }, each);
  });
  const text = options.json ? JSON.stringify(result, null, 2) : inWords(result);
  context.stdout.write(`${text}\n`);
  return result.isError === true ? exitCodes.failed : exitCodes.ok;
}

/** `title: string, description?: string`, as a person reads a schema. */
function signatureOf(schema: {
  properties?: object | undefined;
  required?: readonly string[] | undefined;
}): string {
  const properties = Object.entries(schema.properties ?? {}) as ReadonlyArray<[string, { type?: unknown }]>;
  return properties
    .map(([name, { type }]) => {
      const mark = schema.required?.includes(name) ? '' : '?';
      return `${name}${mark}${typeof type === 'string' ? `: ${type}` : ''}`;
    })
    .join(', ');
}

/**
 * Lists the tools of the project's server, or of another.
 * @throws UserError where there is no answer.
 */
export async function list(options: CallOptions, context: Context): Promise<ExitCode> {
  const { endpoint, tools } = await withServer(options, context, async (connection) => ({
    endpoint: connection.endpoint,
    tools: (await connection.client.listTools(undefined, connection.options)).tools,
  }));
  if (options.json) {
    context.stdout.write(`${JSON.stringify({ endpoint, tools }, null, 2)}\n`);
    return exitCodes.ok;
  }
  for (const { name, description = '', inputSchema } of tools) {
    context.stdout.write(`${printable(name)}(${printable(signatureOf(inputSchema))})\n`);
    const [first = ''] = description.split('\n');
    if (first !== '') context.stdout.write(`    ${printable(first)}\n`);
  }
  return exitCodes.ok;
}
