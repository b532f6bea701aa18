// The template files that belong to the published package, and the module that the build makes from them.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { compileProse, runtime } from './prose.js';
import { trackedFiles } from './tracked.js';

const root = fileURLToPath(new URL('..', import.meta.url));

/** @returns the text of each template, by its path below `templates/`, sorted. */
export function readTemplates() {
  const paths = trackedFiles('templates').filter((path) => /^templates\/[^/]+\/[^/]+\/./.test(path));
  return Object.fromEntries(
    paths.map((path) => [path.slice('templates/'.length), readFileSync(join(root, path), 'utf8')]),
  );
}

/**
 * A rolldown plugin that replaces src/create/packed.ts by the templates, with their prose precompiled.
 * @param {{ released: boolean }} options
 */
export function packTemplates({ released }) {
  return {
    name: 'pack-templates',
    load(id) {
      if (!/[\\/]src[\\/]create[\\/]packed\.ts$/.test(id)) return null;
      const files = readTemplates();
      const prose = Object.entries(files).filter(([path]) => path.endsWith('.hbs'));
      const texts = Object.fromEntries(
        Object.entries(files).map(([path, text]) => [path, path.endsWith('.hbs') ? '' : text]),
      );
      const compiled = prose.map(([path, text]) => `${JSON.stringify(path)}: ${compileProse(text)}`);
      return {
        moduleType: 'js',
        code: `
          import { templatesOf } from './templates.ts';
          ${runtime}
          // JSON.parse is quicker than a literal of this size.
          const files = () => JSON.parse(${JSON.stringify(JSON.stringify(texts))});
          const prose = () => ({${compiled.join(',\n')}});
          export const loadTemplates = () => templatesOf(files(), prose());
          export const released = ${released};
        `,
      };
    },
  };
}
