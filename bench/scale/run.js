// npm run bench:scale: how a generated server grows with processes, todos and clients. Writes docs/scale.md.
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { callOf, createTodoCall } from '../server/calls.js';
import { installNode, installProject, nodeVersionOf } from '../server/install.js';
import { generateOurs, startLocalScalekit } from '../server/ours.js';
import { cpuMicros, freePort, post, postUntilAnswered, residentMemory } from '../server/processes.js';
import { page } from './page.js';

const node = installNode();
installProject('tools', node);
const memoryServer = generateOurs(node);
const sqliteServer = generateOurs(node, { project: 'ours-store-sqlite', options: ['--store', 'sqlite'] });
const scalekit = await startLocalScalekit();
const folder = mkdtempSync(join(tmpdir(), 'bench-scale-'));
const children = [];
process.on('exit', () => {
  for (const child of children) child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

const mint = (count) =>
  Promise.all(
    Array.from({ length: count }, (_, index) => scalekit.mint({ subject: `usr_${1_000_000 + index}` })),
  );

/** Starts a server and waits for its first answer. @param cores which CPU cores it may run on. */
async function start(place, env = {}, cores = '0,1') {
  const port = await freePort();
  const { PORT: _, MCP_URL: __, ...variables } = scalekit.variables;
  const limits = { TOOL_CALLS_PER_MINUTE: '0', REQUESTS_PER_MINUTE: '0', LOG_LEVEL: 'warn' };
  const all = {
    PATH: process.env.PATH,
    ...variables,
    ...limits,
    ...env,
    PORT: `${port}`,
    MCP_URL: `http://localhost:${port}/`,
  };
  const args = ['-c', cores, node, 'dist/src/main.js'];
  const child = spawn('taskset', args, { cwd: place, env: all, stdio: 'ignore' });
  children.push(child);
  const server = {
    get running() {
      return child.exitCode === null;
    },
  };
  const [token] = await mint(1);
  const { headers, body } = callOf('2025-11-25', { token });
  const agent = new Agent({ keepAlive: true });
  await postUntilAnswered(server, port, { headers, body: body(0) }, agent);
  agent.destroy();
  return { port, pid: child.pid, stop: () => child.kill('SIGKILL') };
}

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

/** One, two and four processes on all cores, which the load shares with them. */
async function measureProcesses() {
  const tokens = await mint(16);
  const rows = [];
  for (const processes of [1, 2, 4]) {
    const servers = await Promise.all(Array.from({ length: processes }, () => start(memoryServer)));
    const ports = servers.map(({ port }) => port);
    await load(ports, tokens, 6000);
    const before = servers.map(({ pid }) => cpuMicros(pid));
    const measured = await load(ports, tokens, 8000);
    const cpu = servers.reduce((sum, { pid }, index) => sum + cpuMicros(pid) - before[index], 0) / 8000;
    const memory = servers.reduce((sum, { pid }) => sum + residentMemory(pid).now, 0);
    rows.push({ processes, cpu, memory, ...measured });
    for (const server of servers) server.stop();
  }
  return rows;
}

/** A page of 20, at the beginning and after a cursor, for a user with the given number of todos in SQLite. */
async function measureLists() {
  const file = join(folder, 'todos.db');
  const server = await start(sqliteServer, { SQLITE_FILE: file }, '0');
  const tokens = await mint(5);
  const rows = [];
  for (const [index, todos] of [10, 100, 1000, 10_000, 100_000].entries()) {
    const token = tokens[index];
    fill(file, `usr_${1_000_000 + index}`, todos);
    const first = await pageCost(server, token, {});
    const cursor = await cursorNearEnd(server, token, todos);
    rows.push({ todos, first, last: await pageCost(server, token, cursor ? { cursor } : {}) });
  }
  server.stop();
  return rows;
}

/** Writes todos straight into the file, as the server would: creating 100,000 by calls takes minutes. */
function fill(file, owner, count) {
  const code = `const { DatabaseSync } = require('node:sqlite');
    const [file, owner, count] = process.argv.slice(1);
    const database = new DatabaseSync(file);
    database.exec('BEGIN');
    database.prepare('INSERT OR REPLACE INTO owners (owner_id, created, todos) VALUES (?, ?, ?)').run(owner, Number(count), Number(count));
    const insert = database.prepare('INSERT INTO todos (owner_id, place, id, title, description, completed) VALUES (?, ?, ?, ?, ?, 0)');
    for (let place = 1; place <= Number(count); place += 1) insert.run(owner, place, crypto.randomUUID(), 'Todo ' + place, 'Measure it, then say it.');
    database.exec('COMMIT');`;
  execFileSync(node, ['-e', code, file, owner, String(count)], { stdio: ['ignore', 'ignore', 'inherit'] });
}

const listCall = (token, args) => {
  const { headers } = createTodoCall(token, {});
  const params = { name: 'list_todos', arguments: args };
  return { headers, body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params }) };
};

/** @returns the cursor of the last page but one, or nothing if everything fits on one. */
async function cursorNearEnd({ port }, token, todos) {
  let cursor;
  for (let seen = 0; seen + 1000 < todos; seen += 1000) {
    const { text } = await post(port, listCall(token, { limit: 1000, ...(cursor && { cursor }) }));
    cursor = JSON.parse(text).result.structuredContent.next_cursor;
  }
  return cursor;
}

/** @returns CPU time in µs for a page of 10. */
async function pageCost({ port, pid }, token, args) {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const call = listCall(token, { limit: 10, ...args });
  const repeat = async (times) => {
    for (let number = 0; number < times; number += 1) {
      const { status, text } = await post(port, call, agent);
      if (status !== 200 || JSON.parse(text).result.isError) throw new Error(text.slice(0, 300));
    }
  };
  await repeat(300);
  const before = cpuMicros(pid);
  await repeat(1000);
  agent.destroy();
  return (cpuMicros(pid) - before) / 1000;
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

const report = {
  processes: await measureProcesses(),
  lists: await measureLists(),
  clients: await measureClients(),
};
const text = page({ ...report, nodeVersion: nodeVersionOf(node) });
writeFileSync(fileURLToPath(new URL('../../docs/scale.md', import.meta.url)), text);
console.log(text);
await scalekit.close();
process.exit();
