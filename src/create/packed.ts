import type { Templates } from './templates.ts';

/**
 * The templates, with their prose compiled. The build, the tests and the scripts replace this module by one that contains
 * the texts (scripts/templates.js), so that no template is read from disk at run time.
 */
export function loadTemplates(): Templates {
  throw new Error('src/create/packed.ts was not replaced: run it with the plugin of scripts/templates.js');
}

/** Whether our packages are on the registry in this version; until then projects contain their tarballs. */
export const released: boolean = false;
