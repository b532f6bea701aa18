// A Postgres for one run, from the system's package, with a role that is not a superuser.
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { chmodSync, chownSync, existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from '../server/processes.js';
import { children, folder } from './servers.js';

/** Debian does not put `initdb` and `postgres` into PATH. */
const debian = '/usr/lib/postgresql';

/** Postgres refuses to run as root. */
function notRoot() {
  if (process.getuid() !== 0) return {};
  const [, uid, gid] = /^(?:postgres|nobody):[^:]*:(\d+):(\d+):/m.exec(readFileSync('/etc/passwd', 'utf8'));
  return { uid: Number(uid), gid: Number(gid) };
}

/** @returns a new cluster; nothing if Postgres is not installed. */
export async function startPostgres() {
  const [version] = existsSync(debian) ? readdirSync(debian).sort((a, b) => b - a) : [];
  if (version === undefined) return undefined;
  const port = await freePort();
  const program = (name) => join(debian, version, 'bin', name);
  const who = notRoot();
  const data = join(folder, 'postgres');
  mkdirSync(data);
  chmodSync(folder, 0o755);
  if (who.uid !== undefined) chownSync(data, who.uid, who.gid);
  const quiet = { ...who, cwd: data, stdio: ['ignore', 'ignore', 'inherit'] };
  execFileSync(program('initdb'), ['-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8'], quiet);
  const args = ['-D', data, '-p', `${port}`, '-k', data, '-c', 'listen_addresses=127.0.0.1'];
  const server = spawn(program('postgres'), args, { ...who, cwd: data, stdio: 'ignore' });
  children.push(server);
  const query = (text, database = 'todo_mcp') =>
    execFileSync('psql', ['-h', data, '-p', `${port}`, '-U', 'postgres', '-d', database, '-qAtc', text], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'inherit'],
    }).trim();
  const ready = () =>
    spawnSync(program('pg_isready'), ['-h', data, '-p', `${port}`], { stdio: 'ignore' }).status === 0;
  while (!ready()) await new Promise((resolve) => setTimeout(resolve, 100));
  query('CREATE ROLE todo_mcp LOGIN CREATEROLE', 'postgres');
  query('CREATE DATABASE todo_mcp OWNER todo_mcp', 'postgres');
  return {
    url: `postgres://todo_mcp@127.0.0.1:${port}/todo_mcp`,
    sql: query,
    fill: (owner, count) => query(fill(owner, count)),
    plan: (owner, after) => describe(JSON.parse(query(explain(owner, after)))[0]),
    stop: () => server.kill('SIGINT'),
  };
}

/** As the server writes them. */
function fill(owner, count) {
  return `INSERT INTO todo_mcp.owners VALUES ('${owner}', ${count}, ${count});
    INSERT INTO todo_mcp.todos SELECT '${owner}', place, gen_random_uuid()::text, 'Todo ' || place, 'Measure it, then say it.', place % 2 = 0
    FROM generate_series(1, ${count}) AS place`;
}

/** The query of `src/postgres-todos.ts`, in a transaction as `src/database.ts` opens it. */
function explain(owner, after) {
  return `BEGIN; SET LOCAL ROLE todo_mcp_access; SET LOCAL todo_mcp.owner = '${owner}';
    EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) SELECT place, id, title, description, completed FROM todo_mcp.todos
    WHERE owner_id = '${owner}' AND place > ${after} ORDER BY place LIMIT 11`;
}

/** @returns how Postgres finds the rows of a page. */
function describe({ Plan: plan, 'Execution Time': milliseconds }) {
  const nodes = [plan];
  // Grows while it is iterated.
  for (const each of nodes) nodes.push(...(each.Plans ?? []));
  const scan = nodes.find((each) => 'Relation Name' in each);
  const buffers = plan['Shared Hit Blocks'] + plan['Shared Read Blocks'];
  return {
    scan: scan['Node Type'],
    index: scan['Index Name'],
    rows: scan['Actual Rows'],
    buffers,
    milliseconds,
  };
}
