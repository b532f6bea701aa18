// Installs what is measured from the small projects committed beside it, into a folder of its own.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { pinnedVersion, toolOf } from './tools.js';

const here = fileURLToPath(new URL('.', import.meta.url));
export const projects = join(here, 'projects');
/** Files of projects/ that are copied into a project, since each is installed alone. */
const sharedBy = (name) => [
  'todos.js',
  ...(name.startsWith('sdk-') ? ['sdk.js'] : []),
  ...(name.startsWith('sdk-v2-') ? ['sdk-v2.js'] : []),
];
/**
 * Near the root, as servers are in their containers: Node resolves each module's path folder by folder, and a deep checkout added
 * 12 ms to a cold start with 150 modules.
 */
export const cache = join(tmpdir(), 'create-scalekit-mcp-bench');

/** The Node.js that everything runs on: the current LTS, since mcp-use and xmcp refuse versions older than 22. */
const nodeVersion = '24.21.0';

/** @returns {string} path of the pinned Node's executable, installed when missing. */
export function installNode() {
  const name = `node-${process.platform}-${process.arch}`;
  const folder = join(cache, 'node');
  const executable = join(folder, 'node_modules', name, 'bin', 'node');
  mkdirSync(folder, { recursive: true });
  writeFileSync(
    join(folder, 'package.json'),
    JSON.stringify({ private: true, dependencies: { [name]: nodeVersion } }),
  );
  if (
    existsSync(executable) &&
    execFileSync(executable, ['-v'], { encoding: 'utf8' }).trim() === `v${nodeVersion}`
  )
    return executable;
  npm(['install'], folder);
  return executable;
}

/** @returns {string} such as `24.21.0` */
export function nodeVersionOf(executable) {
  return execFileSync(executable, ['-p', 'process.versions.node'], { encoding: 'utf8' }).trim();
}

/**
 * Copies projects/<name> and the shared files to the cache, installs, builds and drops the development dependencies.
 * Does nothing if the cached copy was made from the same files.
 * @param {string} name a folder of projects/
 * @param {string} node executable that installs, builds and later runs it
 * @returns {string} the project's folder in the cache
 */
export function installProject(name, node) {
  const source = join(projects, name);
  const target = join(cache, name);
  const shared = sharedBy(name);
  const key = fingerprint([source, ...shared.map((file) => join(projects, file))], node);
  const marker = join(target, '.installed');
  if (existsSync(marker) && readFileSync(marker, 'utf8') === key) return target;

  console.error(`installing ${name}`);
  rmSync(target, { recursive: true, force: true });
  cpSync(source, target, { recursive: true });
  const folder = join(target, existsSync(join(source, 'src')) ? 'src' : '.');
  for (const file of shared) cpSync(join(projects, file), join(folder, file));
  installAndBuild(target, node);
  writeFileSync(marker, key);
  return target;
}

/** Installs and builds as the project's language does. With npm, only the packages that production needs stay. */
export function installAndBuild(folder, node) {
  const tool = toolOf(folder);
  if (tool) return tool.build(folder);
  const { scripts = {} } = readManifest(folder);
  npm(['install'], folder, node);
  if (scripts.build) npm(['run', 'build'], folder, node);
  npm(['prune', '--omit=dev'], folder, node);
}

/**
 * @param {string} shipped file or folder
 * @returns {{bytes: number, packages: number}} what it occupies on the disk, as du counts it, and the packages of npm or pip in it
 */
export function sizeOf(shipped) {
  const bytesOf = (path) => lstatSync(path).blocks * 512;
  if (lstatSync(shipped).isFile()) return { bytes: bytesOf(shipped), packages: 0 };
  let bytes = 0;
  let packages = 0;
  for (const entry of readdirSync(shipped, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isFile()) bytes += bytesOf(path);
    if (entry.isDirectory() && isPackage(path)) packages += 1;
  }
  return { bytes, packages };
}

/** @returns {string | undefined} the installed version of a package */
export function installedVersion(folder, name) {
  const tool = toolOf(folder);
  if (tool) return pinnedVersion(folder, tool, name);
  const installed = join(folder, 'node_modules', name);
  return existsSync(join(installed, 'package.json')) ? readManifest(installed).version : undefined;
}

function isPackage(folder) {
  if (folder.endsWith('.dist-info')) return true;
  const parent = dirname(folder);
  const holdsPackages = /[/\\]node_modules$/.test(parent) || /[/\\]node_modules[/\\]@[^/\\]+$/.test(parent);
  return holdsPackages && existsSync(join(folder, 'package.json'));
}

function readManifest(folder) {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
}

export function npm(args, cwd, node = process.execPath) {
  const quiet = ['--no-audit', '--no-fund', '--no-update-notifier', '--loglevel=error'];
  execFileSync('npm', [...args, ...quiet], {
    cwd,
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, PATH: `${dirname(node)}${delimiter}${process.env.PATH}` },
    shell: process.platform === 'win32',
  });
}

function fingerprint(paths, node) {
  const hash = createHash('sha256').update(nodeVersionOf(node));
  for (const path of paths) {
    const files = lstatSync(path).isDirectory()
      ? readdirSync(path, { recursive: true, withFileTypes: true })
          .filter((entry) => entry.isFile())
          .map((entry) => join(entry.parentPath, entry.name))
          .sort()
      : [path];
    for (const file of files) hash.update(relative(projects, file)).update(readFileSync(file));
  }
  return hash.digest('hex');
}
