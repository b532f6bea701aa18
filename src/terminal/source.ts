import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Context } from './context.ts';
import { UsageError } from './errors.ts';

async function readAll(stream: Context['stdin']): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks).toString('utf8');
}

/**
 * Reads what an option names: a file, or standard input for `-`.
 * @param flag the option, for the error.
 * @throws UsageError if the file cannot be read.
 */
export async function readSource(source: string, flag: string, context: Context): Promise<string> {
  if (source === '-') return readAll(context.stdin);
  try {
    return await readFile(resolve(context.cwd, source), 'utf8');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    const why = code === 'ENOENT' ? 'there is no such file' : `it cannot be read (${code})`;
    throw new UsageError(`${flag} ${source}: ${why}.`, { code: 'arguments/file' });
  }
}
