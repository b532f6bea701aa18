// Runs scripts of package.json at the same time. Prints the output of each when it ends, and fails if one fails.
// Usage: node scripts/side-by-side.js build lint typecheck
import { spawn } from 'node:child_process';
import { once } from 'node:events';

async function run(script) {
  const child = spawn('npm', ['run', '--silent', script], {
    stdio: ['ignore', 'pipe', 'pipe'],
    shell: process.platform === 'win32',
  });
  const said = [];
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => said.push(chunk));
  const [code] = await once(child, 'close');
  process.stdout.write(`> ${script}${code === 0 ? '' : ' failed'}\n`);
  process.stdout.write(Buffer.concat(said));
  return code === 0;
}

const passed = await Promise.all(process.argv.slice(2).map(run));
process.exitCode = passed.every(Boolean) ? 0 : 1;
