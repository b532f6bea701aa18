// npm run bench:dev: how long it takes from a save to the new answer, with scalekit-mcp dev and with node --watch, in turn.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { installNode, nodeVersionOf } from '../server/install.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const { values } = parseArgs({
  options: { rounds: { type: 'string', default: '15' }, json: { type: 'string' } },
});
const rounds = Number(values.rounds);
/** What a save may take, in ms. */
const limit = 500;
/** How often to ask the server, in ms. */
const interval = 4;
/** A Node.js that runs TypeScript by itself, for both. */
const node = installNode();
const program = join(root, 'bin/scalekit-mcp.js');
/** What is saved, and the line in it that clients see. */
const saved = 'src/tools/list-todos.ts';
const description = /description:\s*(['"])[^\n]*\1,/;

if (!existsSync(join(root, 'dist/create.js'))) throw new Error('dist/ is missing: run "npm run build" first');
const parent = mkdtempSync(join(tmpdir(), 'bench-dev-'));
const running = [];
try {
  const ours = await makeProject('ours');
  const theirs = await makeProject('theirs');
  running.push(start(ours, [program, 'dev']));
  running.push(start(theirs, [program, 'emulate']));
  running.push(start(theirs, ['--watch', 'src/main.ts']));
  const sides = [
    { name: 'scalekit-mcp dev', project: ours, times: [] },
    { name: 'node --watch src/main.ts', project: theirs, times: [] },
  ];
  for (const { project } of sides) await ready(project);
  // The first round warms both up, and counts for neither.
  for (let round = 0; round <= rounds; round += 1)
    for (const side of round % 2 === 0 ? sides : sides.toReversed()) {
      const took = await timed(side.project, `Round ${round}.`);
      if (round > 0) side.times.push(took);
    }
  report(sides);
} finally {
  for (const child of running.filter(({ exitCode }) => exitCode === null)) {
    child.kill('SIGTERM');
    await once(child, 'exit');
  }
  rmSync(parent, { recursive: true, force: true });
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  return port < 60_000 ? port : freePort();
}

async function makeProject(name) {
  const port = await freePort();
  const options = ['--yes', '--no-check', '--no-git', '--port', String(port), '--package-manager', 'npm'];
  const args = [join(root, 'bin/create-scalekit-mcp.js'), name, ...options];
  execFileSync(node, args, { cwd: parent, stdio: ['ignore', 'ignore', 'inherit'] });
  const directory = join(parent, name);
  const token = execFileSync(node, [program, 'token'], { cwd: directory, encoding: 'utf8' });
  return { directory, port, token: token.trim() };
}

function start({ directory }, args) {
  // If a program cannot start, its server never gets ready, which is noticed.
  return spawn(node, args, { cwd: directory, stdio: 'ignore' });
}

/** @returns the description that clients see, or undefined while nobody answers. */
async function seen({ port, token }) {
  try {
    const response = await fetch(`http://localhost:${port}/mcp`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${token}`,
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
      },
      body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list' }),
    });
    const { result } = await response.json();
    return result.tools.find(({ name }) => name === 'list_todos').description;
  } catch {
    return undefined;
  }
}

async function until(what, condition) {
  const deadline = performance.now() + 60_000;
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error(`Waited a minute for ${what}`);
    await delay(interval);
  }
}

async function ready(project) {
  await until('the first answer', async () => (await seen(project)) !== undefined);
  // What continues after the start (the type check) is not measured.
  await delay(3000);
}

/** Saves, waits for the new answer, then until nothing is running. @returns ms. */
async function timed(project, text) {
  const path = join(project.directory, saved);
  const source = readFileSync(path, 'utf8');
  if (!description.test(source)) throw new Error(`${saved} has no description on one line`);
  const since = performance.now();
  writeFileSync(path, source.replace(description, `description: '${text}',`));
  await until('the new answer', async () => (await seen(project)) === text);
  const took = performance.now() - since;
  await delay(1500);
  return took;
}

function median(numbers) {
  const sorted = numbers.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}

function report(sides) {
  const [ours, theirs] = sides.map(({ times }) => median(times));
  console.log(
    `Node ${nodeVersionOf(node)}, ${cpus()[0].model}, ${cpus().length} cores, load ${loadavg()[0].toFixed(1)}, ${rounds} rounds in turn\n`,
  );
  console.log('| from a save to the new answer | median | quickest–slowest |\n|---|---:|---:|');
  for (const { name, times } of sides)
    console.log(
      `| ${name} | ${median(times).toFixed(0)} ms | ${Math.min(...times).toFixed(0)}–${Math.max(...times).toFixed(0)} ms |`,
    );
  console.log(`\nscalekit-mcp dev takes ${(ours / theirs).toFixed(2)} times as long as node --watch.`);
  if (ours > limit) console.log(`More than ${limit} ms.`);
  if (values.json) writeFileSync(values.json, JSON.stringify({ rounds, ours, theirs, sides }, null, 2));
}
