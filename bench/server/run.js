// npm run bench:server: our generated server compared with other MCP frameworks and with Node itself.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { cliPartOf, withCliPart } from '../cli/page.js';
import { installNode, installProject, nodeVersionOf } from './install.js';
import { measureLoad, measureStarts } from './measure.js';
import { generateOurs } from './ours.js';
import { page, table } from './page.js';
import { pinned } from './processes.js';
import { withScalekit } from './setup.js';
import { measureStartup } from './startup.js';
import { judge, summarise } from './summary.js';
import { ours, oursInPython, oursWithNewTokens, raw, rivals, toolOfTarget } from './targets.js';
import { versionOf } from './tools.js';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '10' },
    calls: { type: 'string', default: '4000' },
    warmup: { type: 'string', default: '10000' },
    starts: { type: 'string', default: '11' },
    /** Folder names, comma separated: measures only these and the raw echo, and does not write the page. */
    only: { type: 'string' },
    node: { type: 'string' },
    json: { type: 'string' },
  },
});

if (process.platform !== 'linux') throw new Error('CPU and memory are read from /proc: run this on Linux');
const settings = {
  rounds: Number(values.rounds),
  calls: Number(values.calls),
  warmup: Number(values.warmup),
  starts: Number(values.starts),
  pinned,
};
const node = values.node ?? installNode();
const nodeVersion = nodeVersionOf(node);
const chosen = values.only?.split(',');
const candidates = [...rivals, ours, oursWithNewTokens, oursInPython].filter(
  ({ project }) => chosen?.includes(project) ?? true,
);
const targets = [raw, ...candidates.filter(canRun)];

installProject('tools', node);
for (const target of targets)
  target.owned ? generateOurs(node, target) : installProject(target.project, node);
await withScalekit(node, async (setup) => {
  const report = (line) => console.error(line);
  const started = targets.filter((target) => target !== oursWithNewTokens);
  const starts = await measureStarts(started, setup, { ...settings, report });
  const loads = await measureLoad(targets, setup, { ...settings, report });
  const rows = summarise(loads, starts);
  const verdicts = targets.includes(ours) ? judge(rows) : [];
  const date = new Date().toISOString().slice(0, 10);
  console.log(table(rows));
  for (const { target, measured, met } of verdicts)
    console.log(`${met ? 'met    ' : 'not met'} ${target}: ${measured}`);
  if (values.json) {
    const rounds = loads.map((load) => ({ key: load.key, rounds: load.rounds }));
    const results = {
      date,
      nodeVersion,
      settings,
      rows,
      verdicts,
      starts: Object.fromEntries(starts),
      rounds,
    };
    writeFileSync(values.json, JSON.stringify(results, null, 2));
  }
  if (!chosen) {
    const file = fileURLToPath(new URL('../../docs/performance.md', import.meta.url));
    const written = page({ date, nodeVersion, rows, verdicts, settings, startup: measureStartup(node) });
    const cli = existsSync(file) ? cliPartOf(readFileSync(file, 'utf8')) : undefined;
    writeFileSync(file, cli === undefined ? written : withCliPart(written, cli));
  }
});

/** If a language is not installed, its row is missing, but the run continues. */
function canRun(target) {
  const tool = toolOfTarget(target);
  const isHere = tool === undefined || versionOf(tool) !== undefined;
  if (!isHere) console.error(`skip: ${target.name}: there is no ${tool.language} on this machine`);
  return isHere;
}
