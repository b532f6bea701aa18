// The parts of a cold start: Node itself, and the official SDK.
import { execFileSync } from 'node:child_process';
import { onCore } from './processes.js';
import { median } from './summary.js';
import { folderOf, ours } from './targets.js';

const times = 9;

/** Whole processes are timed, including their end, so the parts are differences. */
const programs = {
  bare: '',
  sdk: "await import('@modelcontextprotocol/server')",
};

/** @returns {{ bare: number, sdk: number }} milliseconds: bare Node, and what importing the SDK adds to it */
export function measureStartup(node) {
  const measured = Object.fromEntries(Object.keys(programs).map((name) => [name, []]));
  for (let round = 0; round < times; round += 1) {
    for (const [name, code] of Object.entries(programs)) measured[name].push(timeOf(node, code));
  }
  const [bare, sdk] = Object.keys(programs).map((name) => median(measured[name]));
  return { bare, sdk: sdk - bare };
}

function timeOf(node, code) {
  const [command, args] = onCore(0, node, ['--input-type=module', '--eval', code]);
  const started = performance.now();
  execFileSync(command, args, { cwd: folderOf(ours), stdio: 'ignore' });
  return performance.now() - started;
}
