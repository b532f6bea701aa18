// The servers measured under the load of Redis and HTTP work, and how each is installed.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cache, installAndBuild, nodeVersionOf } from '../server/install.js';
import { toolOf, versionOf } from '../server/tools.js';

const here = fileURLToPath(new URL('.', import.meta.url));
const root = fileURLToPath(new URL('../..', import.meta.url));

/** @typedef {{name: string, folder: string, command?: string, args: string[], authorization: string}} IoServer */

/** @type {IoServer[]} */
export const servers = [
  { name: 'bare node:http', folder: 'raw', args: ['server.js'], authorization: 'none' },
  { name: 'ours', folder: 'ours', args: ['dist/src/main.js'], authorization: 'RS256, scopes, rate limit' },
  { name: 'SDK v1 + express', folder: 'sdk-v1', args: ['server.js'], authorization: 'none' },
  { name: "Go's SDK", folder: 'go', command: 'server', args: [], authorization: 'none' },
  {
    name: "Rust's SDK",
    folder: 'rust',
    command: 'target/release/io-rust-server',
    args: [],
    authorization: 'none',
  },
];

export const placeOf = ({ folder }) => join(cache, `io-${folder}`);

/** @returns {boolean} whether the language it is built with is installed */
export function canRun({ folder }) {
  const tool = toolOf(join(here, folder));
  return tool === undefined || versionOf(tool) !== undefined;
}

/** Installs and builds a server, unless that was already done from the same files. */
export function install(server, node) {
  const [source, target] = [join(here, server.folder), placeOf(server)];
  const marker = join(target, '.installed');
  const key = fingerprint(server, node);
  if (existsSync(marker) && readFileSync(marker, 'utf8') === key) return;
  console.error(`installing ${server.name}`);
  rmSync(target, { recursive: true, force: true });
  if (server.folder === 'ours') generate(source, target);
  else {
    cpSync(source, target, { recursive: true });
    cpSync(join(here, 'work.ts'), join(target, 'work.ts'));
  }
  installAndBuild(target, node);
  writeFileSync(marker, key);
}

/** A generated server whose example tools are replaced by those of the load. */
function generate(source, target) {
  const options = ['--yes', '--template', 'blank', '--emulator', '--no-install', '--no-git', '--no-check'];
  execFileSync(process.execPath, [join(root, 'bin/create-scalekit-mcp.js'), target, ...options], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const tools = join(target, 'src/tools');
  rmSync(tools, { recursive: true });
  rmSync(join(target, 'test'), { recursive: true });
  cpSync(source, tools, { recursive: true });
  cpSync(join(here, 'work.ts'), join(tools, 'work.ts'));
  const file = join(target, 'package.json');
  const manifest = JSON.parse(readFileSync(file, 'utf8'));
  manifest.dependencies.ioredis = '6.0.0';
  writeFileSync(file, JSON.stringify(manifest, null, 2));
}

function fingerprint({ folder }, node) {
  const hash = createHash('sha256')
    .update(nodeVersionOf(node))
    .update(readFileSync(join(here, 'work.ts')));
  if (folder === 'ours') hash.update(readFileSync(join(root, 'dist/vendor/packages.json')));
  const entries = readdirSync(join(here, folder), { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  for (const file of files.sort()) hash.update(file.slice(here.length)).update(readFileSync(file));
  return hash.digest('hex');
}
