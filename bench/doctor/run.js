// npm run bench:doctor: how long scalekit-mcp doctor takes in a healthy project that is running, compared with a Node that does nothing.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const root = fileURLToPath(new URL('../..', import.meta.url));
const { values } = parseArgs({ options: { rounds: { type: 'string', default: '21' } } });
const rounds = Number(values.rounds);

const program = join(root, 'bin/scalekit-mcp.js');
/** The commands, each with the maximum for its median, in milliseconds. */
const commands = [
  { name: 'node -e 0', args: ['-e', '0'], limit: Number.POSITIVE_INFINITY },
  { name: 'scalekit-mcp doctor --offline', args: [program, 'doctor', '--offline'], limit: 300 },
  { name: 'scalekit-mcp doctor', args: [program, 'doctor'], limit: 1500 },
];

const parent = mkdtempSync(join(tmpdir(), 'bench-doctor-'));
const project = join(parent, 'todo-mcp');
let running;
try {
  const port = await freePort();
  makeProject(port);
  running = await start(port);
  const times = new Map(commands.map(({ name }) => [name, []]));
  for (let round = 0; round < rounds; round += 1)
    for (const command of commands) times.get(command.name).push(timed(command));
  report(times);
} finally {
  if (running?.exitCode === null) {
    running.kill('SIGTERM');
    await once(running, 'exit');
  }
  rmSync(parent, { recursive: true, force: true });
}

function makeProject(port) {
  if (!existsSync(join(root, 'dist/create.js')))
    throw new Error('dist/ is missing: run "npm run build" first');
  const args = [
    join(root, 'bin/create-scalekit-mcp.js'),
    'todo-mcp',
    '--yes',
    '--no-check',
    '--port',
    String(port),
  ];
  const { status, stderr, stdout } = spawnSync(process.execPath, args, { cwd: parent, encoding: 'utf8' });
  if (status !== 0) throw new Error(`The project could not be made: ${stdout}${stderr}`);
}

/** Starts the server and its local Scalekit, and waits until the server answers. */
async function start(port) {
  const child = spawn(process.execPath, [program, 'dev'], { cwd: project, stdio: 'ignore' });
  const deadline = Date.now() + 30_000;
  while (Date.now() < deadline && child.exitCode === null) {
    const answer = await fetch(`http://localhost:${port}/healthz`).catch(() => undefined);
    if (answer?.ok) return child;
    await delay(50);
  }
  child.kill('SIGKILL');
  throw new Error('The server did not start');
}

/** Runs a command, and makes sure that it found nothing wrong. */
function timed({ name, args }) {
  const since = performance.now();
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: project, encoding: 'utf8' });
  const millis = performance.now() - since;
  const isDoctor = args.includes('doctor');
  if (status !== 0 || (isDoctor && !stdout.includes('Nothing is wrong')))
    throw new Error(`${name} ended with ${status}: ${stdout}${stderr}`);
  return millis;
}

function report(times) {
  console.log(
    `Node ${process.versions.node}, ${cpus()[0].model}, ${cpus().length} cores, ${rounds} rounds in turn\n`,
  );
  console.log('| command | median | quickest–slowest | limit |\n|---|---:|---:|---:|');
  for (const { name, limit } of commands) {
    const all = times.get(name);
    const middle = median(all);
    const range = `${Math.min(...all).toFixed(0)}–${Math.max(...all).toFixed(0)} ms`;
    console.log(
      `| ${name} | ${middle.toFixed(0)} ms | ${range} | ${Number.isFinite(limit) ? `${limit} ms` : ''} |`,
    );
    if (middle > limit) process.exitCode = 1;
  }
}

function median(numbers) {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}

async function freePort() {
  const server = createServer().listen(0);
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  return port;
}
