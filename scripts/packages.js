// The packages of this repository, put together in folders of their own as npm publishes them.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { create } from 'tar';
import { compile } from './bundle.js';
import { trackedFiles } from './tracked.js';

export const root = fileURLToPath(new URL('..', import.meta.url));

export const readJson = (path) => JSON.parse(readFileSync(path, 'utf8'));
export const writeJson = (path, value) => writeFileSync(path, `${JSON.stringify(value, null, 2)}\n`);

/** Every file below a folder, as paths with slashes, sorted. */
function filesIn(folder) {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  return files
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).replaceAll(sep, '/'))
    .sort();
}

/** Writes a package's manifest, with what all packages share, and its README and licence. */
function stageManifest(name, folder) {
  const { version, license, type, engines, devDependencies } = readJson(join(root, 'package.json'));
  const own = readJson(join(root, 'packages', name, 'package.json'));
  for (const [dependency, range] of Object.entries(own.dependencies ?? {}))
    if (devDependencies[dependency] !== range)
      throw new Error(
        `packages/${name} wants ${dependency}@${range}, this repository ${devDependencies[dependency]}`,
      );
  const { name: _, description, ...rest } = own;
  mkdirSync(folder, { recursive: true });
  writeJson(join(folder, 'package.json'), { name, version, description, license, type, engines, ...rest });
  cpSync(join(root, 'packages', name, 'README.md'), join(folder, 'README.md'));
  cpSync(join(root, 'LICENSE'), join(folder, 'LICENSE'));
}

/** Puts a program's package together; what is bundled goes into its `dist/`. */
export function stageProgram(name, folder) {
  stageManifest(name, folder);
  cpSync(join(root, `bin/${name}.js`), join(folder, `bin/${name}.js`));
  if (name === 'scalekit-mcp')
    for (const page of trackedFiles('docs/doctor')) cpSync(join(root, page), join(folder, page));
}

/**
 * Puts `scalekit-mcp-server` together: readable JavaScript, declarations, maps, and the TypeScript that they were made
 * from, which maps lead to and `scalekit-mcp eject` copies.
 */
export function stageServer(folder) {
  stageManifest('scalekit-mcp-server', folder);
  const dist = join(folder, 'dist');
  compile('tsconfig.server.json', dist);
  for (const file of filesIn(dist).filter((path) => path.endsWith('.d.ts'))) {
    const declarations = readFileSync(join(dist, file), 'utf8');
    // The compiler leaves the sources' names in declarations, which not every consumer's settings accept.
    writeFileSync(
      join(dist, file),
      declarations.replaceAll(/((?:from|import\()\s*['"]\.{1,2}\/[^'"]+)\.ts(?=['"])/g, '$1.js'),
    );
    const source = file.replace(/\.d\.ts$/, '.ts');
    mkdirSync(dirname(join(folder, 'src', source)), { recursive: true });
    cpSync(join(root, 'src', source), join(folder, 'src', source));
  }
  // The compiler writes paths in this repository; in the package the sources are in `src/`.
  for (const file of filesIn(dist).filter((path) => path.endsWith('.map'))) {
    const map = readJson(join(dist, file));
    const source = file.replace(/(?:\.d)?\.[jt]s\.map$/, '.ts');
    const up = '../'.repeat(file.split('/').length);
    writeFileSync(join(dist, file), JSON.stringify({ ...map, sources: [`${up}src/${source}`] }));
  }
}

/** Gives a staged package a version that depends on its content, so that caches never confuse two builds. */
export function contentVersion(folder) {
  const hash = createHash('sha256');
  for (const file of filesIn(folder))
    hash
      .update(file)
      .update('\0')
      .update(readFileSync(join(folder, file)))
      .update('\0');
  const manifest = readJson(join(folder, 'package.json'));
  const version = `${manifest.version}-dev.${hash.digest('hex').slice(0, 10)}`;
  writeJson(join(folder, 'package.json'), { ...manifest, version });
  return { name: manifest.name, version };
}

/** What a file was made from: `dist/server/call.js.map` and `src/server/call.ts` come from `server/call`. */
const originOf = (path) => path.replace(/^(?:dist|src)\//, '').replace(/\.(?:d\.ts|js\.map|js|ts)$/, '');

/**
 * Packs a staged package. A program is packed as npm does it, because an installed `scalekit-mcp` packs itself so for other
 * projects, and the bytes have to be the same.
 * @returns the name of the file.
 */
export function packInto(folder, destination) {
  mkdirSync(destination, { recursive: true });
  const { name, version } = readJson(join(folder, 'package.json'));
  if (name === 'scalekit-mcp-server') return packBySource(folder, destination, `${name}-${version}.tgz`);
  const args = ['pack', '--silent', '--ignore-scripts', '--pack-destination', destination];
  const said = execFileSync('npm', args, {
    cwd: folder,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
    shell: process.platform === 'win32',
  });
  return said.trim().split('\n').at(-1) ?? '';
}

/**
 * Packs as `npm pack` does, but for the order: what was made from the same source stands together, because gzip finds what is
 * repeated within 32 kB alone. That saves a fifth.
 */
function packBySource(folder, destination, file) {
  const files = filesIn(folder);
  const rank = (path) => (path === 'package.json' ? '' : originOf(path));
  files.sort((a, b) => (rank(a) < rank(b) ? -1 : rank(a) > rank(b) ? 1 : 0));
  create(
    {
      file: join(destination, file),
      cwd: folder,
      prefix: 'package',
      gzip: { level: 9 },
      portable: true,
      // npm's own date, so that the same files are the same bytes.
      mtime: new Date('1985-10-26T08:15:00.000Z'),
      sync: true,
    },
    files,
  );
  return file;
}
