import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { repository } from './repository.ts';

/** @returns the programs of a page, by the file name in their first line: what a page shows is what tests run. */
export async function programsOf(page: string): Promise<ReadonlyMap<string, string>> {
  const text = await readFile(join(repository, page), 'utf8');
  const blocks = text.matchAll(/^```ts\n(\/\/ ([\w.-]+\.ts)\n[\s\S]*?)^```$/gm);
  return new Map([...blocks].map(([, code = '', name = '']) => [name, code]));
}
