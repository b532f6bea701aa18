import Handlebars from 'handlebars';
import { compileOptions, readTemplates } from '../../scripts/templates.js';
import { type Templates, templatesOf } from './templates.ts';

/**
 * The templates, straight from their folder: what tests on the sources get. The build replaces this module by one that
 * holds the same texts, precompiled (scripts/templates.js), so that the published package reads no template from disk.
 */
export function loadTemplates(): Templates {
  const files = readTemplates();
  const prose = Object.entries(files)
    .filter(([path]) => path.endsWith('.hbs'))
    .map(([path, text]) => [path, Handlebars.compile(text, compileOptions)] as const);
  return templatesOf(files, Object.fromEntries(prose));
}

/** Whether `scalekit-mcp` is on the registry in this version; until then projects carry its tarball. */
export const released: boolean = false;
