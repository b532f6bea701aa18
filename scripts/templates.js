// The template files that belong to the published package, and what the build makes of them.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { compileProse } from './prose.js';
import { trackedFiles } from './tracked.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const replaced = /[\\/]src[\\/]create[\\/]packed\.ts$/;

/** @returns the text of each template, by its path below `templates/`, sorted. */
export function readTemplates() {
  const paths = trackedFiles('templates').filter((path) => /^templates\/[^/]+\/[^/]+\/./.test(path));
  return Object.fromEntries(
    paths.map((path) => [path.slice('templates/'.length), readFileSync(join(root, path), 'utf8')]),
  );
}

/** @returns the templates of each language, as src/create/templates.ts describes them. */
function packedByLanguage() {
  const packed = {};
  for (const [path, text] of Object.entries(readTemplates())) {
    const [language] = path.split('/');
    packed[language] ??= { files: {}, prose: {} };
    if (path.endsWith('.hbs')) packed[language].prose[path] = compileProse(text);
    else packed[language].files[path] = text;
  }
  return packed;
}

/** JSON in ASCII alone: a single other character doubles what the whole text takes in memory, and the time to read it. */
function asciiJson(value) {
  const escaped = (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  return JSON.stringify(value).replaceAll(/[\u0080-\uffff]/g, escaped);
}

/**
 * A rolldown plugin that writes the templates of each language to `templates/<language>.json`, where src/create/packed.ts finds them,
 * and tells that module whether our packages are released.
 * @param {{ released: boolean }} options
 */
export function packTemplates({ released }) {
  return {
    name: 'pack-templates',
    transform: {
      filter: { id: replaced },
      handler(code, id) {
        const told = code.replace(/\breleased(: boolean)? = false/, `released$1 = ${released}`);
        if (told === code && released) throw new Error(`There is no place for \`released\` in ${id}`);
        return { code: told };
      },
    },
    generateBundle() {
      for (const [language, packed] of Object.entries(packedByLanguage()))
        this.emitFile({
          type: 'asset',
          fileName: `templates/${language}.json`,
          source: `${asciiJson(packed)}\n`,
        });
    },
  };
}

/** A rolldown and Vite plugin for tests and scripts, which run the sources: src/create/packed.ts has the templates as they are now. */
export function inlineTemplates() {
  return {
    name: 'inline-templates',
    load(id) {
      if (!replaced.test(id)) return null;
      return {
        moduleType: 'js',
        code: `
          import { templatesOf } from './templates.ts';
          const packed = JSON.parse(${JSON.stringify(JSON.stringify(packedByLanguage()))});
          export const loadTemplates = (language) => templatesOf(packed[language]);
          export const released = false;
        `,
      };
    },
  };
}
