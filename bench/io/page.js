// Writes docs/performance-io.md from one run.
import { cpus } from 'node:os';

const median = (numbers) => numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)];

/** @returns {string} Markdown */
export function page({ rows, users, calls, rounds, nodeVersion }) {
  const of = (row, name) => median(row.rounds.map((round) => round[name]));
  const limit = of(rows[0], 'cpu');
  const ours = rows.find(({ folder }) => folder === 'ours');
  const ratio = of(ours, 'cpu') / limit;
  const line = (row) => {
    const all = row.rounds.map(({ cpu }) => cpu);
    const [least, most] = [Math.min(...all), Math.max(...all)].map(Math.round);
    return `| ${row.name} | ${row.authorization} | ${Math.round(of(row, 'cpu'))} µs (${least}–${most}) | ${(of(row, 'cpu') / limit).toFixed(2)} | ${Math.round(of(row, 'perSecond')).toLocaleString('en-US')} | ${of(row, 'p99Millis').toFixed(1)} ms | ${Math.round(row.peakBytes / 2 ** 20)} MB |`;
  };
  const others = rows.filter((row) => row !== ours && row !== rows[0]);
  const compared = others.map(
    (row) => `${(of(row, 'cpu') / of(ours, 'cpu')).toFixed(2)} × ours takes ${row.name}`,
  );
  return `# Performance with Redis and HTTP work

<!-- Written by \`npm run bench:io\`: change bench/io, not this page. -->

${users} users call three tools in turn, each over a connection of its own: \`search_products\` (an HTTP request and a Redis command), \`get_user_cart\` (two Redis
commands and an HTTP request), \`checkout\` (an HTTP request and three Redis commands). That is the load of a
[public benchmark of MCP servers](https://www.tmdevlab.com/mcp-server-performance-benchmark-v2.html), written anew here.

| server | authorization | CPU per call | × bare node:http | calls/s | p99 | peak memory |
|---|---|---:|---:|---:|---:|---:|
${rows.map(line).join('\n')}

- Goal: at most 1.3 × the CPU of a bare \`node:http\` server that does the same work: ${ratio.toFixed(2)}, ${ratio <= 1.3 ? 'met' : 'not met'}.
- CPU per call, all threads: ${compared.join(', ')}.
- **CPU per call** is from the kernel's accounts, the median of ${rounds} rounds of ${calls.toLocaleString('en-US')} calls in turn, in brackets the least and the most. All servers are one process on one
  core; the load, Redis and the HTTP service share the other one, which bounds **calls/s** and **p99** of the quicker servers.
- Servers on Node.js do the work with the same module (\`bench/io/work.ts\`: \`fetch\` and ioredis), Go with net/http and go-redis, Rust with reqwest and redis-rs.
  Ours is a generated blank server with these three tools: a token for each user, scopes, limits, checks and logs as always.

Measured on ${new Date().toISOString().slice(0, 10)}: ${cpus()[0].model.trim()}, ${cpus().length} cores, Node ${nodeVersion}. Again, by yourself: \`npm run bench:io\`, when nothing else runs; it needs \`redis-server\`.
`;
}
