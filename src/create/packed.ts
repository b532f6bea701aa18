import type { Templates } from './templates.ts';

/**
 * The templates, their prose compiled. What builds or runs these sources (the build, the tests, the scripts) replaces this
 * module by one that holds the texts (scripts/templates.js), so that no template is ever read from disk.
 */
export function loadTemplates(): Templates {
  throw new Error('src/create/packed.ts was not replaced: run it with the plugin of scripts/templates.js');
}

/** Whether our packages are on the registry in this version; until then projects carry their tarballs. */
export const released: boolean = false;
