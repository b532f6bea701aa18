// Writes docs/scale.md from one run.
import { cpus } from 'node:os';

const megabytes = (bytes) => Math.round(bytes / 2 ** 20).toLocaleString('en-US');
const whole = (number) => Math.round(number).toLocaleString('en-US');

/** @returns {string} a row for each number of todos, in each store */
function listTable({ sqlite, postgres }) {
  const cells = ({ first, last }) => `${whole(first)} µs | ${whole(last)} µs |`;
  if (postgres === undefined)
    return [
      '| todos of the user | SQLite, first page | last page |',
      '|---:|---:|---:|',
      ...sqlite.map((row) => `| ${whole(row.todos)} | ${cells(row)}`),
      '',
      'Postgres was not installed.',
    ].join('\n');
  return [
    '| todos of the user | SQLite, first page | last page | Postgres, first page | last page |',
    '|---:|---:|---:|---:|---:|',
    ...sqlite.map((row, at) => `| ${whole(row.todos)} | ${cells(row)} ${cells(postgres.rows[at])}`),
    '',
    described(postgres),
  ].join('\n');
}

/** How Postgres found the pages of the user with the most todos. */
function described({ plans: [first, last], total }) {
  const found = ({ rows, buffers, milliseconds }) =>
    `${rows} rows, ${buffers} pages of 8 kB, ${milliseconds.toFixed(2)} ms`;
  return `Postgres has ${whole(total)} todos of 14 users. With row-level security, as the server asks (\`EXPLAIN ANALYZE\` in the role \`todo_mcp_access\`), it finds both
pages of a user with 100,000 by an ${first.scan} of \`${first.index}\`: ${found(first)} for the first, and
${found(last)} for the last.`;
}

/** @returns {string} Markdown */
export function page({ processes, todos, clients, nodeVersion }) {
  const [one, two] = processes;
  const [none, ...some] = clients;
  const most = some.at(-1);
  const kilobytes = (most.memory - none.memory) / most.clients / 1024;
  const core = 1e6 / one.cpu;
  return `# Growth

<!-- Written by \`npm run bench:scale\`: change bench/scale, not this page. -->

Measured on ${new Date().toISOString().slice(0, 10)}: ${cpus()[0].model.trim()}, ${cpus().length} cores, Node ${nodeVersion}. Again, by yourself: \`npm run bench:scale\`, when nothing else runs.

## Processes

\`list_todos\` of servers with the todos in memory, 16 connections with a user each. The load runs on the same ${cpus().length} cores and takes its part of them, so calls
a second do not double; CPU per call says what one more core would bring.

| processes | calls/s | p99 | CPU per call | memory |
|---:|---:|---:|---:|---:|
${processes.map((row) => `| ${row.processes} | ${whole(row.perSecond)} | ${row.p99.toFixed(1)} ms | ${whole(row.cpu)} µs | ${megabytes(row.memory)} MB |`).join('\n')}

A process computes on one core: one for each core, and no more. A core has room for some ${whole(core)} of these calls a second; two processes use ${(two.cpu / one.cpu).toFixed(2)} × the CPU of one for the same call.

## Todos

A page of 10 (\`limit: 10\`) of a user with so many todos, at the beginning and on the last page, by its \`cursor\`; CPU of the server. Pages go on behind a
key, not a count:

${listTable(todos)}

## Clients

Resident memory with so many clients that have called once and keep their connection, 1,000 users:

| clients | memory |
|---:|---:|
${clients.map((row) => `| ${whole(row.clients)} | ${megabytes(row.memory)} MB |`).join('\n')}

That is ${kilobytes.toFixed(1)} KB a client. The server keeps no sessions: what a client costs is its connection, and its user's token and counts for a minute.

## On paper: to a thousand replicas

Calculated from the numbers above and from how the parts work, not measured. A replica is one process on one core, with Postgres.

| replicas | what saturates first | what to turn then |
|---:|---|---|
| 1 | its core, at about ${whole(core)} calls a second of the protection's own work | one more replica; \`REDIS_URL\` or Postgres for the limits |
| 2–7 | Postgres' 100 connections (\`max_connections\`): each replica has up to 10 for todos and 3 for limits | \`max\` of the pool in \`src/database.ts\`; \`REDIS_URL\`, which takes the 3 and two writes a call away |
| 8–50 | the same, whatever the pool: 50 × 10 | PgBouncer in transaction mode, which is tried (\`test/world/stores/postgres-reached.test.ts\`): clients no longer cost a connection each |
| 50–200 | Postgres' disk and core for writes: a write is one transaction; reads could go elsewhere | a larger machine first; then reads (\`list_todos\`, \`get_todo\`) from a standby, which is an edit of \`src/postgres-todos.ts\` and means that one's own writes may be seen late |
| 200–1,000 | Redis' core: two commands a call, some 100,000 commands a second, so about 50,000 calls a second in all | limits that fit (\`REQUESTS_PER_MINUTE=0\` halves it); a second Redis by user; the owner as the key of a partition (\`todos\` has it in front already) |
| any | Scalekit's keys: each replica fetches them at its start, and again when a new key comes up, with a pause between two fetches | nothing: a thousand small answers. A roll of all replicas at once is a burst; roll in steps |
| any | the deny list: each replica reads all of Redis' sorted set every two seconds | entries end by themselves; with tens of thousands of entries, shorter lifetimes of tokens in place of denials |

What does not grow with replicas: tokens are verified without a question to anybody, no session ties a client to a replica, no replica knows another. What is lost
when one ends are the calls that it had ([reliability.md](reliability.md)).
`;
}
