// npm run bench:cli: how long create-scalekit-mcp takes and how large it is, as released, compared with its peers and a Node that does
// nothing. Writes the part of docs/performance.md between its two marks.
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { cliPart, withCliPart } from './page.js';
import { programs } from './rivals.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const { values } = parseArgs({
  options: { rounds: { type: 'string', default: '21' }, json: { type: 'string' }, dry: { type: 'boolean' } },
});
const rounds = Number(values.rounds);

const packed = mkdtempSync(join(tmpdir(), 'bench-cli-'));
execFileSync(process.execPath, [join(root, 'scripts/pack.js'), packed], { stdio: 'ignore' });
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const all = programs(join(packed, `create-scalekit-mcp-${version}.tgz`), version);
rmSync(packed, { recursive: true });

const bare = { name: 'node', kind: 'help', args: ['-e', '0'] };
const commands = [
  bare,
  ...all.map(({ name, file }) => ({ name, kind: 'help', args: [file, '--help'] })),
  ...all.map(({ name, file, scaffold }) => ({ name, kind: 'scaffold', args: [file, ...scaffold] })),
];

/** The CPU time of ended child processes so far, in ms; undefined if the kernel does not say. */
function childrenCpu() {
  if (process.platform !== 'linux') return Number.NaN;
  // Parsed after the name, which may contain anything: cutime and cstime are the 14th and 15th fields, in hundredths of a second.
  const fields = readFileSync('/proc/self/stat', 'utf8')
    .replace(/^.*\) /s, '')
    .split(' ');
  return 10 * (Number(fields[13]) + Number(fields[14]));
}

/** Runs a command in an empty folder of its own, and makes sure that it did what it is measured for. */
function timed({ name, kind, args }) {
  const folder = mkdtempSync(join(tmpdir(), 'bench-cli-'));
  try {
    const [start, used] = [performance.now(), childrenCpu()];
    const { status, stderr } = spawnSync(process.execPath, args, {
      cwd: folder,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    const took = { millis: performance.now() - start, cpu: childrenCpu() - used };
    if (status !== 0) throw new Error(`${name} ended with ${status}: ${stderr}`);
    if (kind === 'scaffold' && !existsSync(join(folder, 'app/package.json')))
      throw new Error(`${name} made nothing`);
    return took;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const median = (times) => [...times].sort((a, b) => a - b)[Math.floor(times.length / 2)];

const times = new Map(commands.map((command) => [command, []]));
for (const command of commands) timed(command);
for (let round = 0; round < rounds; round += 1) {
  // In turn, in a different order each round, so that whatever else the machine does affects all of them.
  const from = round % commands.length;
  for (const command of [...commands.slice(from), ...commands.slice(0, from)])
    times.get(command).push(timed(command));
}

const of = (name, kind) => {
  const found = times.get(commands.find((each) => each.name === name && each.kind === kind));
  const millis = found.map((each) => each.millis);
  // The kernel counts in steps of 10 ms, so the mean of many runs is more precise than a single one.
  const cpu = found.reduce((sum, each) => sum + each.cpu, 0) / found.length;
  return { median: median(millis), least: Math.min(...millis), cpu };
};
const node = of('node', 'help');
const rows = all.map((each) => ({
  ...each,
  help: of(each.name, 'help'),
  scaffold: of(each.name, 'scaffold'),
}));
const part = cliPart({
  date: new Date().toISOString().slice(0, 10),
  machine: `${cpus()[0].model.trim()}, ${cpus().length} cores, ${process.platform} ${process.arch}, Node ${process.versions.node}`,
  rounds,
  node,
  rows,
});
console.log(part);
if (values.json) writeFileSync(values.json, JSON.stringify({ node, rows, rounds }, null, 2));
if (!values.dry) {
  const file = join(root, 'docs/performance.md');
  writeFileSync(file, withCliPart(readFileSync(file, 'utf8'), part));
}
