// npm run bench:scale: how a generated server grows with processes, todos and clients. Writes docs/scale.md.
// `node bench/scale/run.js todos` measures this part anew; the others are those of the last run.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { connect } from 'node:net';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { callOf } from '../server/calls.js';
import { cache, nodeVersionOf } from '../server/install.js';
import { generateOurs } from '../server/ours.js';
import { cpuMicros, post, residentMemory } from '../server/processes.js';
import { measureLists } from './lists.js';
import { page } from './page.js';
import { mint, node, scalekit, start } from './servers.js';

const memoryServer = generateOurs(node);

/** Calls `list_todos` over the given number of connections. @returns calls a second, and the p99 in ms. */
async function load(ports, tokens, calls) {
  const agent = new Agent({ keepAlive: true, maxSockets: tokens.length });
  const latencies = [];
  let next = 0;
  const start = performance.now();
  await Promise.all(
    tokens.map(async (token, lane) => {
      const { headers, body } = callOf('2025-11-25', { token });
      for (let number = next++; number < calls; number = next++) {
        const sent = performance.now();
        const { status } = await post(ports[lane % ports.length], { headers, body: body(number) }, agent);
        if (status !== 200) throw new Error(`list_todos was answered with ${status}`);
        latencies.push(performance.now() - sent);
      }
    }),
  );
  const seconds = (performance.now() - start) / 1000;
  agent.destroy();
  latencies.sort((a, b) => a - b);
  return { perSecond: calls / seconds, p99: latencies[Math.floor(calls * 0.99)] };
}

/** How many calls are measured. */
const calls = 60_000;

/** One, two and four processes on all cores, which the load shares with them. */
async function measureProcesses() {
  const tokens = await mint(16);
  const rows = [];
  for (const processes of [1, 2, 4]) {
    const servers = await Promise.all(Array.from({ length: processes }, () => start(memoryServer)));
    const ports = servers.map(({ port }) => port);
    await load(ports, tokens, 10_000);
    const before = servers.map(({ pid }) => cpuMicros(pid));
    const measured = await load(ports, tokens, calls);
    const cpu = servers.reduce((sum, { pid }, index) => sum + cpuMicros(pid) - before[index], 0) / calls;
    const memory = servers.reduce((sum, { pid }) => sum + residentMemory(pid).now, 0);
    rows.push({ processes, cpu, memory, ...measured });
    for (const server of servers) server.stop();
  }
  return rows;
}

/** Resident memory with the given number of clients that have called once and keep their connection. */
async function measureClients() {
  const server = await start(memoryServer, {}, '0');
  const rows = [];
  const agent = new Agent({ keepAlive: true, maxSockets: Number.POSITIVE_INFINITY });
  let connected = 0;
  const [token] = await mint(1);
  for (const clients of [0, 100, 1000, 5000]) {
    const tokens = await mint(Math.min(clients, 1000));
    while (connected < clients) {
      const batch = Array.from({ length: Math.min(100, clients - connected) }, (_, index) => {
        const { headers, body } = callOf('2025-11-25', {
          token: tokens[(connected + index) % tokens.length] ?? token,
        });
        return hold(server.port, headers, body(index));
      });
      await Promise.all(batch);
      connected += batch.length;
    }
    rows.push({ clients, memory: residentMemory(server.pid).now });
  }
  agent.destroy();
  server.stop();
  return rows;
}

/** Makes a call over a connection of its own, and leaves it open. */
function hold(port, headers, body) {
  return new Promise((resolve, reject) => {
    const outgoing = request({
      port,
      host: '127.0.0.1',
      path: '/mcp',
      method: 'POST',
      headers: { ...headers, connection: 'keep-alive', 'content-length': Buffer.byteLength(body) },
      createConnection: () => connect(port, '127.0.0.1'),
    });
    outgoing.on('response', (answer) => {
      if (answer.statusCode !== 200) reject(new Error(`answered with ${answer.statusCode}`));
      answer.resume().on('end', resolve);
    });
    outgoing.on('error', reject).end(body);
  });
}

const parts = { processes: measureProcesses, todos: measureLists, clients: measureClients };
const kept = join(cache, 'scale.json');
const known = existsSync(kept) ? JSON.parse(readFileSync(kept, 'utf8')) : {};
const wanted = process.argv.slice(2);
for (const part of wanted.length > 0 ? wanted : Object.keys(parts)) known[part] = await parts[part]();
mkdirSync(dirname(kept), { recursive: true });
writeFileSync(kept, JSON.stringify(known));
const missing = Object.keys(parts).filter((part) => !(part in known));
if (missing.length > 0) console.log(`Not measured yet: ${missing.join(', ')}`);
else {
  const text = page({ ...known, nodeVersion: nodeVersionOf(node) });
  writeFileSync(fileURLToPath(new URL('../../docs/scale.md', import.meta.url)), text);
  console.log(text);
}
await scalekit.close();
process.exit();
