// The command lines' part of docs/performance.md, written from one run.

const [begin, end] = ['<!-- bench:cli -->', '<!-- /bench:cli -->'];

const ms = ({ cpu, median, least }) =>
  `${Number.isNaN(cpu) ? '–' : `${cpu.toFixed(0)} ms`} | ${median.toFixed(0)} (${least.toFixed(0)}) ms`;
const mb = (bytes) => `${(bytes / 1e6).toFixed(1)} MB`;
const kb = (bytes) => `${Math.round(bytes / 1000)} kB`;

function verdict(target, measured, met) {
  return `| ${target} | ${measured} | ${met ? 'met' : '**not met**'} |`;
}

/** By the CPU time of a program: wall-clock time also shows what else the machine was doing. */
function verdicts(node, rows) {
  const ours = rows.at(-1);
  const vite = rows.find(({ name }) => name === 'create-vite');
  const cost = ({ cpu, least }) => (Number.isNaN(cpu) ? least : cpu);
  const over = cost(ours.help) - cost(node);
  return [
    verdict('`--help` within 15 ms of a Node that does nothing', `${over.toFixed(0)} ms more`, over <= 15),
    verdict(
      'scaffold no slower than create-vite',
      `${cost(ours.scaffold).toFixed(0)} ms, create-vite ${cost(vite.scaffold).toFixed(0)} ms`,
      cost(ours.scaffold) <= cost(vite.scaffold),
    ),
    verdict(
      'at most 200 kB to download, one package',
      `${kb(ours.download)}, ${ours.packages}`,
      ours.download <= 200_000 && ours.packages === 1,
    ),
  ];
}

/** @returns the part, between its marks. */
export function cliPart({ date, machine, rounds, node, rows }) {
  const lines = rows.map(
    ({ name, version, help, scaffold, download, bytes, packages }) =>
      `| ${name === 'create-scalekit-mcp' ? '**ours**' : `${name} ${version}`} | ${ms(help)} | ${ms(scaffold)} | ${kb(download)} | ${mb(bytes)} / ${packages} |`,
  );
  return `${begin}
## The command line

Written by \`npm run bench:cli\` on ${date}: ${machine}.

| program | \`--help\`: CPU | time | scaffold, without install: CPU | time | download | installed / packages |
|---|---:|---:|---:|---:|---:|---:|
| node -e 0 | ${ms(node)} | – | – | – | – |
${lines.join('\n')}

CPU is what the program used of the processor, the mean of ${rounds} runs; time is the clock's median and, in brackets, the quickest. Programs take turns, in another order each round; ours is the packed release, as
\`npx\` would install it. Each makes its smallest TypeScript project. Download is the package alone; what it depends on comes on top.

Why ours takes longer than create-vite, which copies twelve files: it makes 35 from the answers. Left out one at a time (Node 20.20, medians of 20 runs of 132 ms,
create-vite 103), the hashes in \`.scalekit-mcp.json\` cost 4 ms, the compressed texts in \`.scalekit-mcp.base\` 4 ms, and the further 23 files 2 ms: \`update\`
needs the first two, the owner the third. The rest is code that runs for the first time: it checks every option and its combinations, plans the files, and stages them
beside the target, so that a project is there as a whole or not at all.

| target | measured (CPU) | |
|---|---|---|
${verdicts(node, rows).join('\n')}
${end}`;
}

/** @returns the page with its part replaced, or put at its end. */
export function withCliPart(page, part) {
  const [from, to] = [page.indexOf(begin), page.indexOf(end)];
  if (from < 0 || to < 0) return `${page.trimEnd()}\n\n${part}\n`;
  return page.slice(0, from) + part + page.slice(to + end.length);
}

/** @returns the part of a page, to keep when the rest is written again; undefined if it has none. */
export function cliPartOf(page) {
  const [from, to] = [page.indexOf(begin), page.indexOf(end)];
  return from < 0 || to < 0 ? undefined : page.slice(from, to + end.length);
}
