// node bench/server/profile.js [era]: where the time of a call to our server is spent, by package and by function.
import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { eras } from './calls.js';
import { cache, installNode, installProject } from './install.js';
import { measureLoad } from './measure.js';
import { generateOurs } from './ours.js';
import { withScalekit } from './setup.js';
import { ours } from './targets.js';

const era = process.argv[2] ?? eras[0];
if (!eras.includes(era)) throw new Error(`The era is ${eras.join(' or ')}, not ${era}`);
const folder = join(cache, 'profile');
const node = installNode();
installProject('tools', node);
generateOurs(node);
rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });

const profiled = {
  ...ours,
  eras: [era],
  args: ['--cpu-prof', `--cpu-prof-dir=${folder}`, '--cpu-prof-interval=200', ...ours.args],
};
const settings = { rounds: 3, calls: 30_000, warmup: 10_000, report: () => {}, endWith: 'SIGTERM' };
await withScalekit(node, async (setup) => {
  const [{ rounds }] = await measureLoad([profiled], setup, settings);
  console.log(
    `${era}: ${rounds.map(({ cpuPerCall }) => `${cpuPerCall.toFixed(0)} µs`).join(', ')} a call, profiler included\n`,
  );
});
const [file] = readdirSync(folder);
const { byPackage, byFunction } = summarise(JSON.parse(readFileSync(join(folder, file), 'utf8')));
print('By package', byPackage, 20);
print('By function', byFunction, 40);

/** Sums the samples' own time. Native code is attributed to its caller. */
function summarise({ nodes, samples, timeDeltas }) {
  const byId = new Map(nodes.map((each) => [each.id, each]));
  const parents = new Map(nodes.flatMap(({ id, children = [] }) => children.map((child) => [child, id])));
  const byPackage = new Map();
  const byFunction = new Map();
  samples.forEach((id, index) => {
    const { functionName, url, lineNumber } = byId.get(id).callFrame;
    if (functionName === '(idle)') return;
    const place = url ? ` ${url.split('/').slice(-2).join('/')}:${lineNumber + 1}` : '';
    add(byFunction, `${functionName || '(anonymous)'}${place}`, timeDeltas[index]);
    add(byPackage, packageOf(id), timeDeltas[index]);
  });
  return { byPackage, byFunction };

  function packageOf(id) {
    const { functionName, url } = byId.get(id).callFrame;
    if (url.startsWith('node:')) return 'node';
    if (url) return /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(url)?.[1] ?? 'ours';
    const parent = parents.get(id);
    return parent === undefined || functionName === '(garbage collector)' ? functionName : packageOf(parent);
  }
}

function add(sums, key, micros) {
  sums.set(key, (sums.get(key) ?? 0) + micros);
}

function print(title, sums, rows) {
  const total = [...sums.values()].reduce((sum, micros) => sum + micros, 0);
  console.log(title);
  for (const [key, micros] of [...sums].sort(([, a], [, b]) => b - a).slice(0, rows))
    console.log(`${((micros / total) * 100).toFixed(1).padStart(6)} %  ${key}`);
  console.log();
}
