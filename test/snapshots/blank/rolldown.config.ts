// `build`: the server as one file with its source map, and the licences of the packages in it.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, isAbsolute, join } from 'node:path';
import { defineConfig, type Plugin } from 'rolldown';

/** Writes the licence of each package that a bundle holds into one file beside it. */
function licences(name: string): Plugin {
  return {
    name: 'licences',
    generateBundle(_options, bundle) {
      const modules = Object.values(bundle).flatMap((file) => (file.type === 'chunk' ? file.moduleIds : []));
      const folders = new Set(modules.filter((id) => isAbsolute(id)).map((id) => packageOf(dirname(id))));
      folders.delete(process.cwd());
      const source = [...folders].toSorted().map(licenceOf).join('\n');
      this.emitFile({ type: 'asset', fileName: `${name}.js.LICENSES.txt`, source });
    },
  };
}

/** The folder of the package that a module belongs to: the nearest with a manifest that has a name. */
function packageOf(folder: string): string {
  const manifest = join(folder, 'package.json');
  const isPackage = existsSync(manifest) && 'name' in JSON.parse(readFileSync(manifest, 'utf8'));
  return isPackage || folder === dirname(folder) ? folder : packageOf(dirname(folder));
}

function licenceOf(folder: string): string {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const file = readdirSync(folder).find((each) => /^licen[cs]e/i.test(each));
  const text = file ? readFileSync(join(folder, file), 'utf8') : '';
  return `${name} ${version} (${license})\n\n${text}\n`;
}

/** Loaded only if a variable asks for it (REDIS_URL, DATABASE_URL), so it is in the bundle only if it is installed. */
const missing = ['ioredis', 'pg'].filter((name) => {
  try {
    return import.meta.resolve(name) === '';
  } catch {
    return true;
  }
});

const bundle = (name: string) =>
  defineConfig({
    input: { [name]: `src/${name}.ts` },
    platform: 'node',
    external: missing,
    plugins: [licences(name)],
    output: {
      dir: 'dist/src',
      format: 'esm',
      codeSplitting: false,
      sourcemap: true,
      // Without the sources' text, which is in git and in node_modules, and would double the size of the image.
      sourcemapExcludeSources: true,
      // Only white space is removed: names stay, so that a stack trace can be read without the map.
      minify: { compress: false, mangle: false, codegen: true },
      comments: { legal: false },
    },
  });

export default [bundle('main')];
