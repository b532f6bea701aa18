// What a page of `list_todos` costs, by how many todos there are: in SQLite, and in Postgres among a million.
import { execFileSync } from 'node:child_process';
import { Agent } from 'node:http';
import { join } from 'node:path';
import { createTodoCall } from '../server/calls.js';
import { generateOurs } from '../server/ours.js';
import { cpuMicros, post } from '../server/processes.js';
import { startPostgres } from './postgres.js';
import { folder, mint, node, ownerOf, start } from './servers.js';

const sizes = [10, 100, 1000, 10_000, 100_000];
/** Other users in Postgres, each with as many todos as a user may have. */
const others = 9;
const pageSize = 10;

/** @returns the cost of the first and the last page for each size, in both stores, and how Postgres finds them. */
export async function measureLists() {
  const sqlite = await inSqlite();
  const postgres = await startPostgres();
  if (postgres === undefined) return { sqlite };
  return { sqlite, postgres: await inPostgres(postgres) };
}

async function inSqlite() {
  const place = generateOurs(node, { project: 'ours-store-sqlite', options: ['--store', 'sqlite'] });
  const file = join(folder, 'todos.db');
  const server = await start(place, { SQLITE_FILE: file }, '0');
  for (const [index, todos] of sizes.entries()) fillFile(file, ownerOf(index), todos);
  const rows = await measure(server);
  server.stop();
  return rows;
}

async function inPostgres(postgres) {
  const place = generateOurs(node, { project: 'ours-store-postgres', options: ['--store', 'postgres'] });
  // Its start makes the tables.
  const server = await start(place, { DATABASE_URL: postgres.url }, '0');
  const all = [...sizes, ...Array.from({ length: others }, () => 100_000)];
  for (const [index, todos] of all.entries()) postgres.fill(ownerOf(index), todos);
  postgres.sql('VACUUM ANALYZE');
  const rows = await measure(server);
  const many = ownerOf(sizes.length - 1);
  const plans = [0, 99_980].map((after) => postgres.plan(many, after));
  const total = Number(postgres.sql('SELECT count(*) FROM todo_mcp.todos'));
  server.stop();
  postgres.stop();
  return { rows, plans, total };
}

async function measure(server) {
  const tokens = await mint(sizes.length);
  const rows = [];
  for (const [index, todos] of sizes.entries()) {
    const first = await pageCost(server, tokens[index], {});
    const cursor = String(todos - pageSize);
    rows.push({ todos, first, last: await pageCost(server, tokens[index], { cursor }) });
  }
  return rows;
}

/** Writes todos straight into the file, as the server would: creating 100,000 by calls takes minutes. */
function fillFile(file, owner, count) {
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

/** @returns CPU time of the server in µs for a page. */
async function pageCost({ port, pid }, token, args) {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const call = listCall(token, { limit: pageSize, ...args });
  const repeat = async (times) => {
    for (let number = 0; number < times; number += 1) {
      const { status, text } = await post(port, call, agent);
      const todos = JSON.parse(text).result?.structuredContent?.todos ?? [];
      if (status !== 200 || todos.length !== pageSize) throw new Error(text.slice(0, 300));
    }
  };
  await repeat(300);
  const before = cpuMicros(pid);
  await repeat(3000);
  agent.destroy();
  return (cpuMicros(pid) - before) / 3000;
}
