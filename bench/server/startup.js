// What a cold start of ours is made of: Node itself, the packages that it loads, and the rest.
import { execFileSync } from 'node:child_process';
import { onCore } from './processes.js';
import { median } from './summary.js';
import { folderOf, ours } from './targets.js';

const times = 9;

/** Whole processes are timed, the end included, which is why the parts are differences. */
const programs = {
  bare: '',
  zod: "await import('zod')",
  sdk: "await import('@modelcontextprotocol/server')",
};

/** @returns {{ bare: number, zod: number, sdk: number }} milliseconds: bare Node, and what each package adds to it (the SDK with its zod) */
export function measureStartup(node) {
  const measured = Object.fromEntries(Object.keys(programs).map((name) => [name, []]));
  for (let round = 0; round < times; round += 1) {
    for (const [name, code] of Object.entries(programs)) measured[name].push(timeOf(node, code));
  }
  const [bare, zod, sdk] = Object.keys(programs).map((name) => median(measured[name]));
  return { bare, zod: zod - bare, sdk: sdk - bare };
}

function timeOf(node, code) {
  const [command, args] = onCore(0, node, ['--input-type=module', '--eval', code]);
  const started = performance.now();
  execFileSync(command, args, { cwd: folderOf(ours), stdio: 'ignore' });
  return performance.now() - started;
}
