// The licences of what is bundled: a bundle leaves out the files with the licences, and almost every licence has to be kept.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Its name, beside the bundle. */
export const licencesFile = 'THIRD-PARTY-LICENSES.txt';

const licenceFile = /^(?:licen[cs]e|copying|notice)(?:[.-]|$)/i;

/** @returns the folder of the package that a module belongs to; undefined for a module of this repository. */
function packageFolder(module) {
  const [path] = module.replace(/^\0/, '').split('?');
  if (!/[\\/]node_modules[\\/]/.test(path)) return undefined;
  for (let folder = dirname(path); folder !== dirname(folder); folder = dirname(folder)) {
    const manifest = join(folder, 'package.json');
    // Some packages have a package.json without a name in `dist/esm/`, for its `type` alone.
    if (existsSync(manifest) && JSON.parse(readFileSync(manifest, 'utf8')).version !== undefined)
      return folder;
  }
  throw new Error(`${path} is in no package`);
}

/** @throws Error for a package that names no licence: it must not be bundled. */
function describePackage(folder) {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  if (typeof license !== 'string') throw new Error(`${name}@${version} is bundled and names no licence`);
  return { name, version, license, folder };
}

/**
 * @param {Iterable<string>} modules paths of what was bundled.
 * @returns the packages that they belong to, sorted by name.
 */
export function packagesOf(modules) {
  const folders = new Set([...modules].map(packageFolder).filter((folder) => folder !== undefined));
  return [...folders].map(describePackage).sort((a, b) => (a.name < b.name ? -1 : 1));
}

function licenceText({ folder, license }) {
  const texts = readdirSync(folder)
    .filter((file) => licenceFile.test(file))
    .sort()
    .map((file) => readFileSync(join(folder, file), 'utf8').replaceAll('\r\n', '\n').trim());
  return texts.length === 0
    ? `(The package contains no text of its licence, ${license}.)`
    : texts.join('\n\n');
}

/** @returns {string} each licence once, under the packages that have it. */
export function licencesOf(packages) {
  const byText = new Map();
  for (const each of packages) {
    const text = licenceText(each);
    byText.set(text, [...(byText.get(text) ?? []), `${each.name} ${each.version} (${each.license})`]);
  }
  const parts = [...byText].map(([text, names]) => `${names.join('\n')}\n\n${text}\n`);
  return `This package contains code of the following packages.\n\n${parts.join(`\n${'-'.repeat(80)}\n\n`)}`;
}

/** A rolldown plugin: writes the licences beside the bundle. @param done called with the packages that are in it. */
export function writeLicences(done) {
  return {
    name: 'write-licences',
    generateBundle(_options, bundle) {
      const packages = packagesOf(
        Object.values(bundle).flatMap((part) => (part.type === 'chunk' ? part.moduleIds : [])),
      );
      this.emitFile({ type: 'asset', fileName: licencesFile, source: licencesOf(packages) });
      done(packages);
    },
  };
}
