// npm run bench:io: the load of a public benchmark, Redis and HTTP work for 50 users. Writes docs/performance-io.md.
import { execFileSync, fork, spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { cache, installNode, installProject, nodeVersionOf } from '../server/install.js';
import { startLocalScalekit } from '../server/ours.js';
import { cpuMicros, freePort, onCore, pinned, residentMemory, startServer } from '../server/processes.js';
import { page } from './page.js';
import { canRun, install, placeOf, servers } from './servers.js';

const [users, rounds, calls, warmup] = [50, 5, 2000, 4000];

const node = installNode();
installProject('tools', node);
const measured = servers.filter((server) => {
  if (!canRun(server)) console.error(`skip: ${server.name}: its language is not on this machine`);
  return canRun(server);
});
for (const server of measured) install(server, node);
if (pinned) execFileSync('taskset', ['-apc', '1', String(process.pid)], { stdio: 'ignore' });

const children = [];
const end = () => {
  for (const child of children) child.kill('SIGKILL');
};
process.on('exit', end);

const scalekit = await startLocalScalekit();
const tokens = await Promise.all(
  Array.from({ length: users }, (_, user) => scalekit.mint({ subject: `usr_${1_000_000 + user}` })),
);
const environment = { PATH: process.env.PATH, ...(await startEngines()) };
const generator = startGenerator();
const rows = [];
for (const server of measured) rows.push(await startRow(server));
for (const row of rows) await order(row, warmup);
for (let round = 0; round < rounds; round += 1) {
  for (const row of [...rows.slice(round % rows.length), ...rows.slice(0, round % rows.length)])
    row.rounds.push(await measure(row));
  console.error(`rounds ${round + 1}/${rounds}`);
}
for (const row of rows) row.peakBytes = residentMemory(row.pid).peak;
const text = page({ rows, users, calls, rounds, nodeVersion: nodeVersionOf(node) });
writeFileSync(fileURLToPath(new URL('../../docs/performance-io.md', import.meta.url)), text);
console.log(text);
await scalekit.close();
process.exit();

/** Redis and the HTTP service, on the other core. */
async function startEngines() {
  const [redisPort, apiPort] = [await freePort(), await freePort()];
  const redis = ['--port', String(redisPort), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'];
  start('redis-server', redis);
  start(node, [fileURLToPath(new URL('api.js', import.meta.url))], { PORT: String(apiPort) });
  await until(() => fetch(`http://127.0.0.1:${apiPort}/products/1`));
  await until(() => seed(redisPort));
  return { API_URL: `http://127.0.0.1:${apiPort}`, SHOP_REDIS_URL: `redis://127.0.0.1:${redisPort}` };
}

function start(command, args, env = {}) {
  const child = spawn(...onCore(1, command, args), {
    env: { PATH: process.env.PATH, ...env },
    stdio: 'ignore',
  });
  children.push(child);
}

/** Carts, orders and the popular products. */
function seed(port) {
  const commands = [];
  const items = JSON.stringify([{ product_id: 7, quantity: 1 }]);
  const order = JSON.stringify({ order_id: 'ORD-1', ts: 1_700_000_000 });
  for (let user = 0; user < users; user += 1) {
    const id = `user-${String(user).padStart(5, '0')}`;
    commands.push(['HSET', `cart:${id}`, 'items', items, 'total', '42.5']);
    commands.push(['RPUSH', `history:${id}`, ...Array.from({ length: 5 }, () => order)]);
  }
  for (let product = 0; product < 50; product += 1)
    commands.push(['ZADD', 'popular', String(product), `product:${product}`]);
  const bulk = (text) => `$${Buffer.byteLength(text)}\r\n${text}\r\n`;
  const input = commands.map((words) => `*${words.length}\r\n${words.map(bulk).join('')}`).join('');
  execFileSync('redis-cli', ['-p', String(port), '--pipe'], { input, stdio: ['pipe', 'ignore', 'ignore'] });
}

async function until(done) {
  for (const deadline = performance.now() + 15_000; ; await sleep(20)) {
    try {
      return await done();
    } catch (error) {
      if (performance.now() > deadline) throw error;
    }
  }
}

async function startRow(server) {
  const port = await freePort();
  const { PORT: _, MCP_URL: __, ...variables } = scalekit.variables;
  const limits = { TOOL_CALLS_PER_MINUTE: '1000000', REQUESTS_PER_MINUTE: '1000000' };
  const own = { ...variables, ...limits, MCP_URL: `http://localhost:${port}/` };
  const env = {
    ...environment,
    PORT: String(port),
    ...(server.folder === 'ours' ? own : { NODE_ENV: 'production' }),
  };
  const place = placeOf(server);
  const command = server.command ? join(place, server.command) : node;
  const log = join(cache, `io-${server.folder}.log`);
  const running = startServer({ command, args: server.args, cwd: place, env, log });
  children.push({ kill: (signal) => void running.stop(signal) });
  const row = { ...server, pid: running.pid, origin: `http://127.0.0.1:${port}`, rounds: [] };
  await until(() => order(row, users));
  return row;
}

async function measure(row) {
  const before = cpuMicros(row.pid);
  const { wallMillis, p99Millis } = await order(row, calls);
  return { cpu: (cpuMicros(row.pid) - before) / calls, perSecond: (calls / wallMillis) * 1000, p99Millis };
}

function startGenerator() {
  const script = fileURLToPath(new URL('load.js', import.meta.url));
  const env = { PATH: process.env.PATH, BENCH_TOOLS: join(cache, 'tools'), USERS: String(users) };
  const options = { env, stdio: ['ignore', 'inherit', 'inherit', 'ipc'] };
  const child = pinned
    ? fork(script, { ...options, execPath: 'taskset', execArgv: ['-c', '1', node] })
    : fork(script, { ...options, execPath: node });
  children.push(child);
  return child;
}

function order({ origin }, count) {
  return new Promise((resolve, reject) => {
    generator.once('message', ({ done, failed }) => (failed ? reject(new Error(failed)) : resolve(done)));
    generator.send({ origin, calls: count, tokens });
  });
}
