// docs/performance.md, written from one run.
import { cpus } from 'node:os';
import { connections, warmUpMillis } from './measure.js';
import { builtOn } from './summary.js';
import { ours, oursInPython, raw, rivals } from './targets.js';

/** @returns {string} Markdown */
export function page({ date, nodeVersion, rows, verdicts, settings, startup }) {
  const [model] = cpus().map((cpu) => cpu.model);
  const leastBusy = Math.min(...rows.slice(1).map((row) => row.serverBusy));
  const busiest = Math.max(...rows.slice(1).map((row) => row.generatorBusy));
  return `# Performance

Written by \`npm run bench:server\` on ${date}: ${model}, ${cpus().length} cores, ${process.platform} ${process.arch}, Node ${nodeVersion}.
Numbers from another machine differ; the ratios hardly do.
${disturbance(leastBusy)}
${table(rows)}

- **CPU per call**: what the server process used, from the kernel's accounts, per \`tools/call\` of \`list_todos\` with five todos;
  in brackets the quickest and the slowest round. **× raw** compares it with a bare \`node:http\` server that parses the call
  and answers the same JSON: the limit of what Node can do.
- **calls/s**, **p50**, **p99**: ${connections} kept-alive connections, each sending its next call when the last one is answered;
  the server has one core to itself.
- **first answer**: from the start of the process to the first tool call answered 200. Ours fetches Scalekit's keys in that time.
  fastmcp's holds a second in which it waits, at each new session, for the client's capabilities.
- **memory**: resident, after the first answer and at its peak.
- **shipped**: what production needs beside the language itself, on the disk, and how many packages that is: \`node_modules\`, Python's packages, the
  program that Go or Rust builds; of ours what the image holds, which is one file with its map and the licences of what is in it.

## Targets

| | measured | |
|---|---|---|
${verdicts.map(({ target, measured, met }) => `| ${target} | ${measured} | ${met ? 'met' : 'not met'} |`).join('\n')}

Where ours is measured in two protocol eras, the worse one counts; of the rivals' the best. Go and Rust have no part in the last two.

${coldStart(rows, startup)}

## What is compared

| server | set up as | installed with |
|---|---|---|
${[raw, ...rivals, ours, oursInPython].map((target) => `| ${target.name} | ${target.reference} | ${builtOn(target) || 'Node alone'} |`).join('\n')}

All have the same tool with the same five todos of the same length, answered as text and as structured content. Ours has everything switched
on that it is generated with: token verification, Host and Origin checks, limits of body and rate, scopes, argument and result
validation, logs, and its other four tools; its ${connections} callers are as many users with a token and todos each. As always, a verified token is
remembered for a minute at most; in the row "each token new" every call comes with a token that it has not seen. Only the rate limits are raised out of
the load's reach. The rivals have this one tool and run with \`NODE_ENV=production\`, which ours refuses with a Scalekit on this machine; their servers
are in \`bench/server/projects\`, written after their own documentation. Where a language is missing, its row is left out, and the run says so.

## How it is measured

\`\`\`
npm run bench:server
\`\`\`

It installs the rivals, at pinned versions (those in Go, Rust and Python where the language is there), and Node ${nodeVersion} (mcp-use and xmcp refuse less than 22) into \`create-scalekit-mcp-bench\` in the
system's temporary folder, near the root as servers are in their containers (from a deep one those with many modules start later), generates ours,
measures ${settings.starts} cold starts each, then ${settings.rounds} rounds of ${settings.calls} calls after ${settings.warmup} calls of warm-up (or ${warmUpMillis / 1000} seconds of it), and writes this page. Servers take turns in
every round, in another order each time, so that whatever else the machine does hits all of them. CPU per call is the median of all rounds;
throughput and latency are medians of that half of a server's rounds in which it had most of its core (${percent(leastBusy)} or more).
${pinning(settings)} The load generator was busy for at most ${percent(busiest)} of the time with any server but the raw one (${percent(rows[0].generatorBusy)} there), so it
is the servers that were measured. Everything stays on the loopback interface. \`--json <file>\` writes all rounds, \`--rounds\`, \`--calls\`,
\`--starts\` and \`--only\` make it shorter, \`--node <path>\` takes another Node.
\`node bench/server/profile.js\` says where the time of a call goes.
`;
}

/** A run that shared the machine is less reliable, and says so. */
function disturbance(leastBusy) {
  if (leastBusy >= 0.9) return '';
  return `
**Other programs had a good part of this machine during the run** (a server got ${percent(leastBusy)} of its core at worst): all numbers are rough, a ratio can be
wrong by half, and times and throughput say little. A run on a quiet machine is to replace it.
`;
}

/** Why a cold start takes as long as it does: most of it is Node and the official SDK. */
function coldStart(rows, { bare, sdk }) {
  const [{ firstAnswerMillis: limit }] = rows;
  const { firstAnswerMillis } = rows.find((row) => row.owned);
  return `## Where a cold start goes

Of ours, ${firstAnswerMillis.toFixed(0)} ms, Node takes ${bare.toFixed(0)} ms when it runs nothing at all, and ${limit.toFixed(0)} ms for the bare echo. Most of the rest is the official SDK, which makes its schemas
when it is loaded: importing it alone, from \`node_modules\`, takes ${sdk.toFixed(0)} ms. That ours is one built file saves Node the search for its modules. What is left
are the settings, the tools' schemas, the keys fetched from Scalekit, and the first call.`;
}

/** @returns {string} the one table, as Markdown; the terminal shows the same */
export function table(rows) {
  const head = [
    'server',
    'authorization',
    'era',
    'CPU per call',
    '× raw',
    'calls/s',
    'p50',
    'p99',
    'first answer',
    'memory',
    'shipped',
  ];
  const lines = rows.map((row) => [
    row.owned ? `**${row.name}**` : `${row.name} ${row.version}`.trim(),
    row.authorization,
    row.timesRaw === 1 ? '–' : row.era,
    `${row.cpuMicros.toFixed(0)} µs (${row.cpuSpread.map((value) => value.toFixed(0)).join('–')})`,
    row.timesRaw.toFixed(1),
    thousands(row.callsPerSecond),
    `${row.p50Millis.toFixed(1)} ms`,
    `${row.p99Millis.toFixed(1)} ms`,
    `${row.firstAnswerMillis.toFixed(0)} ms`,
    `${row.idleMegabytes.toFixed(0)} / ${row.loadedMegabytes.toFixed(0)} MB`,
    shipped(row),
  ]);
  const separator = head.map((_, column) => (column < 3 ? '---' : '---:'));
  return [head, separator, ...lines].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

function shipped({ shippedMegabytes: megabytes, shippedPackages: packages }) {
  if (megabytes === 0) return '–';
  return `${megabytes.toFixed(1)} MB${packages ? ` / ${packages}` : ''}`;
}

const pinning = ({ pinned }) =>
  pinned
    ? 'The server is pinned to one core and the load generator to another.'
    : 'Nothing is pinned to a core on this machine.';
const percent = (share) => `${Math.round(share * 100)} %`;
const thousands = (value) => Math.round(value).toLocaleString('en');
