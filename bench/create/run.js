// npm run bench:create: how long create-scalekit-mcp takes, beside create-vite and a Node that does nothing.
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const viteVersion = '9.3.0';
const root = fileURLToPath(new URL('../..', import.meta.url));
const cache = fileURLToPath(new URL('rivals', import.meta.url));
const { values } = parseArgs({
  options: { rounds: { type: 'string', default: '21' }, json: { type: 'string' } },
});
const rounds = Number(values.rounds);

const ours = join(root, 'bin/create-scalekit-mcp.js');
const vite = installVite();
const commands = [
  { name: 'node -e 0', args: ['-e', '0'] },
  { name: 'create-vite --help', args: [vite, '--help'] },
  { name: 'create-scalekit-mcp --help', args: [ours, '--help'] },
  { name: 'create-vite app', args: [vite, 'app', '--template', 'vanilla-ts', '--no-interactive'] },
  { name: 'create-scalekit-mcp app', args: [ours, 'app', '--yes', '--no-install', '--no-git', '--no-check'] },
];

const times = new Map(commands.map(({ name }) => [name, []]));
for (let round = 0; round < rounds; round += 1) {
  for (const command of [
    ...commands.slice(round % commands.length),
    ...commands.slice(0, round % commands.length),
  ]) {
    times.get(command.name).push(timed(command));
  }
}

const bare = median(times.get('node -e 0'));
const rows = commands.map(({ name }) => {
  const all = times.get(name);
  const millis = median(all);
  return { name, millis, fastest: Math.min(...all), slowest: Math.max(...all), timesNode: millis / bare };
});
console.log(
  `Node ${process.versions.node}, ${cpus()[0].model}, ${cpus().length} cores, ${rounds} rounds in turn\n`,
);
console.log('| command | median | quickest–slowest | × bare node |\n|---|---:|---:|---:|');
for (const { name, millis, fastest, slowest, timesNode } of rows) {
  console.log(
    `| ${name} | ${millis.toFixed(0)} ms | ${fastest.toFixed(0)}–${slowest.toFixed(0)} ms | ${timesNode.toFixed(1)} |`,
  );
}
if (values.json)
  writeFileSync(values.json, JSON.stringify({ node: process.versions.node, rounds, rows }, null, 2));

/** Runs a command in an empty folder of its own, and makes sure that it did what it is measured for. */
function timed({ name, args }) {
  const folder = mkdtempSync(join(tmpdir(), 'bench-create-'));
  try {
    const start = performance.now();
    const { status, stderr } = spawnSync(process.execPath, args, {
      cwd: folder,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    const millis = performance.now() - start;
    if (status !== 0) throw new Error(`${name} ended with ${status}: ${stderr}`);
    if (args[1] === 'app' && !existsSync(join(folder, 'app/package.json')))
      throw new Error(`${name} made nothing`);
    return millis;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** @returns {string} the program file of the pinned create-vite, installed when missing */
function installVite() {
  if (!existsSync(join(root, 'dist/create.js')))
    throw new Error('dist/ is missing: run "npm run build" first');
  const folder = join(cache, 'create-vite');
  const manifest = join(folder, 'node_modules/create-vite/package.json');
  const installed = existsSync(manifest) && JSON.parse(readFileSync(manifest, 'utf8'));
  if (installed?.version !== viteVersion) {
    mkdirSync(folder, { recursive: true });
    const dependencies = { 'create-vite': viteVersion };
    writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true, dependencies }));
    const quiet = ['--no-audit', '--no-fund', '--loglevel=error'];
    execFileSync('npm', ['install', ...quiet], {
      cwd: folder,
      stdio: 'inherit',
      shell: process.platform === 'win32',
    });
  }
  return join(folder, 'node_modules/create-vite/index.js');
}

function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}
