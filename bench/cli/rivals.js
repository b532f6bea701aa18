// The programs that are compared, at pinned versions, installed below bench/cli/rivals/.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const cache = fileURLToPath(new URL('rivals', import.meta.url));

/** Each with the program file in its package, and the arguments that make a small TypeScript project without installing it. */
const rivals = [
  {
    name: 'create-vite',
    version: '9.3.0',
    program: 'index.js',
    scaffold: ['app', '--template', 'vanilla-ts', '--no-interactive'],
  },
  {
    name: 'sv',
    version: '0.17.1',
    program: 'dist/bin.mjs',
    scaffold: ['create', 'app', '--template', 'minimal', '--types', 'ts', '--no-add-ons', '--no-install'],
  },
  {
    name: 'create-xmcp-app',
    version: '0.2.1',
    program: 'index.js',
    scaffold: ['app', '--yes', '--skip-install', '--http'],
  },
];

const npm = (args, cwd) =>
  execFileSync('npm', [...args, '--no-audit', '--no-fund', '--loglevel=error', '--ignore-scripts'], {
    cwd,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
    shell: process.platform === 'win32',
  });

/** Installs a package into a folder of its own, unless it is there. @returns the folder. */
function install(name, version, source = `${name}@${version}`) {
  const folder = join(cache, name);
  const manifest = join(folder, 'node_modules', name, 'package.json');
  const there = existsSync(manifest) && JSON.parse(readFileSync(manifest, 'utf8')).version;
  if (there === version && source.startsWith(`${name}@`)) return folder;
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{"private":true}');
  npm(['install', source], folder);
  return folder;
}

/** The size of an installed program: its files, and the packages that npm had to download. */
function weigh(folder) {
  const entries = readdirSync(join(folder, 'node_modules'), { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile() && !entry.parentPath.includes('.bin'));
  const bytes = files.reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0);
  const lock = JSON.parse(readFileSync(join(folder, 'package-lock.json'), 'utf8'));
  return { bytes, packages: Object.keys(lock.packages).filter((path) => path !== '').length };
}

/** @returns the size of a package's own download. */
function download(spec) {
  const [{ size }] = JSON.parse(npm(['pack', spec, '--dry-run', '--json'], cache));
  return size;
}

/**
 * @param {string} tarball create-scalekit-mcp as it is released.
 * @param {string} version of it.
 */
export function programs(tarball, version) {
  const installed = rivals.map(({ name, version: pinned, program, scaffold }) => {
    const folder = install(name, pinned);
    const file = join(folder, 'node_modules', name, program);
    return {
      name,
      version: pinned,
      file,
      scaffold,
      ...weigh(folder),
      download: download(`${name}@${pinned}`),
    };
  });
  const folder = install('create-scalekit-mcp', version, tarball);
  const ours = {
    name: 'create-scalekit-mcp',
    version,
    file: join(folder, 'node_modules/create-scalekit-mcp/bin/create-scalekit-mcp.js'),
    scaffold: ['app', '--yes', '--no-install', '--no-git', '--no-check'],
    ...weigh(folder),
    download: statSync(tarball).size,
  };
  return [...installed, ours];
}
