// Servers in other languages: what builds them, and whether that is installed.
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * @typedef {object} Tool
 * @property {string} language
 * @property {string} manifest the file by which its projects are recognised
 * @property {string[]} version the command that prints the version, and that fails if the language is missing
 * @property {(folder: string) => void} build
 * @property {(name: string) => RegExp} pin what pins a package in the manifest
 */

/** @type {Tool[]} */
const tools = [
  {
    language: 'Go',
    manifest: 'go.mod',
    version: ['go', 'version'],
    build: (folder) => run(folder, 'go', 'build', '-o', 'server', '.'),
    pin: (name) => new RegExp(`${name} v(\\S+)`),
  },
  {
    language: 'Rust',
    manifest: 'Cargo.toml',
    version: ['cargo', '--version'],
    build: (folder) => run(folder, 'cargo', 'build', '--release', '--locked'),
    pin: (name) => new RegExp(`^${name} = .*"=([\\d.]+)"`, 'm'),
  },
  {
    language: 'Python',
    manifest: 'requirements.txt',
    version: ['python3', '--version'],
    build(folder) {
      run(folder, 'python3', '-m', 'venv', 'venv');
      run(folder, 'venv/bin/python', '-m', 'pip', 'install', '--quiet', '-r', 'requirements.txt');
    },
    pin: (name) => new RegExp(`^${name}==(\\S+)`, 'm'),
  },
];

/** @returns {Tool | undefined} what builds the project in a folder; undefined if npm does */
export function toolOf(folder) {
  return tools.find(({ manifest }) => existsSync(join(folder, manifest)));
}

/** @returns {Tool | undefined} */
export function toolFor(name) {
  return tools.find(({ language }) => language === name);
}

/** @returns {string | undefined} such as `go version go1.26.8 linux/amd64`; nothing if the language is not installed */
export function versionOf({ version: [command, ...args] }) {
  const { status, stdout } = spawnSync(command, args, { encoding: 'utf8' });
  return status === 0 ? stdout.trim() : undefined;
}

/** @returns {string | undefined} the version of a package, as the project pins it */
export function pinnedVersion(folder, { manifest, pin }, name) {
  return pin(name).exec(readFileSync(join(folder, manifest), 'utf8'))?.[1];
}

function run(cwd, command, ...args) {
  execFileSync(command, args, { cwd, stdio: ['ignore', 'ignore', 'inherit'] });
}
