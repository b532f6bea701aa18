import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Code } from './model.ts';
import { pageOf } from './texts/index.ts';

/** @returns a code's page, from the folder that holds this package. */
export function readPage(packageFolder: string, code: Code): Promise<string> {
  return readFile(join(packageFolder, pageOf(code)), 'utf8');
}
