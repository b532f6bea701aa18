import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../terminal/version.ts';
import { type PackedTemplates, type Templates, templatesOf } from './templates.ts';

/**
 * Reads the templates that the build has packed, a file for each language (scripts/templates.js). They are no part of the
 * bundle, because JavaScript of this size takes ten times as long to read as JSON.
 */
export function loadTemplates(language: string): Templates {
  const path = join(packageRoot, 'dist/templates', `${language}.json`);
  return templatesOf(JSON.parse(readFileSync(path, 'utf8')) as PackedTemplates);
}

/** Whether our packages are on the registry in this version, which the build says; until then projects contain their tarballs. */
export const released: boolean = false;
