import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Facts, SurfaceFacts, SurfaceTool } from '../facts/index.ts';
import { type ProbeOptions, probe } from '../probe.ts';
import { objectIn, strings } from '../reading.ts';
import type { Target } from './target.ts';

/** What is found out only on request: about a client, a directory, or the surface of the tools. */

function toolIn(value: unknown): readonly SurfaceTool[] {
  const tool = objectIn(value);
  if (typeof tool?.name !== 'string') return [];
  const text = (field: unknown) => (typeof field === 'string' ? field : undefined);
  const [title, description] = [text(tool.title), text(tool.description)];
  return [
    {
      name: tool.name,
      ...(title === undefined ? {} : { title }),
      ...(description === undefined ? {} : { description }),
      inputSchema: objectIn(tool.inputSchema) ?? {},
      scopes: strings(tool.scopes),
      hints: objectIn(tool.hints) ?? {},
    },
  ];
}

/** @returns what the file says, or only its name if it does not exist yet. */
async function readSurface(directory: string, file: string): Promise<SurfaceFacts> {
  try {
    const document = objectIn(JSON.parse(await readFile(resolve(directory, file), 'utf8')));
    if (!Array.isArray(document?.tools))
      return { file, problem: 'it is not a JSON object with a list "tools"' };
    return { file, tools: document.tools.flatMap(toolIn) };
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    return code === 'ENOENT' ? { file } : { file, problem: code ?? message };
  }
}

/** @returns the facts that `--client`, `--directory` and `--surface` are about. */
export async function gatherAsked(
  target: Target,
  endpoint: string | undefined,
  options: ProbeOptions,
): Promise<Pick<Facts, 'client' | 'directory' | 'surface'>> {
  const { client, directoryOf: name, surface } = target;
  const url =
    endpoint === undefined ? undefined : new URL('/.well-known/openai-apps-challenge', endpoint).href;
  const challenge =
    name === 'openai' && url !== undefined ? { challenge: await probe({ url }, options) } : {};
  return {
    ...(client === undefined ? {} : { client }),
    ...(name === undefined ? {} : { directory: { name, ...challenge } }),
    ...(surface === undefined ? {} : { surface: await readSurface(target.directory, surface) }),
  };
}
