import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pageOf } from './codes.ts';
import type { Code } from './model.ts';

/** @returns a code's page, from the folder that holds this package. */
export function readPage(packageFolder: string, code: Code): Promise<string> {
  return readFile(join(packageFolder, pageOf(code)), 'utf8');
}
