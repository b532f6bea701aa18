// npm run bench:emulator: how long the local Scalekit takes until its first answer, compared with a bare oidc-provider. Both make a key.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const { values } = parseArgs({ options: { rounds: { type: 'string', default: '21' } } });
const rounds = Number(values.rounds);

/** The limit, as a multiple of the bare one's time. */
const limit = 1.3;

const programs = { bare: 'bare.js', ours: 'ours.js' };
const times = { bare: [], ours: [] };
const cpu = { bare: [], ours: [] };

/** Starts one, and kills it as soon as it has reported what it used. */
async function measure(name) {
  const file = fileURLToPath(new URL(programs[name], import.meta.url));
  const began = performance.now();
  const child = spawn(process.execPath, [file], { stdio: ['ignore', 'pipe', 'ignore'] });
  const [line] = await once(child.stdout, 'data');
  times[name].push(performance.now() - began);
  const { user, system } = JSON.parse(String(line));
  cpu[name].push((user + system) / 1000);
  child.kill('SIGKILL');
  await once(child, 'exit');
}

const median = (numbers) => numbers.toSorted((one, other) => one - other)[Math.floor(numbers.length / 2)];

for (let round = 0; round < rounds; round += 1) for (const name of Object.keys(programs)) await measure(name);

for (const name of Object.keys(programs))
  console.log(
    `${name}: ready in ${median(times[name]).toFixed(0)} ms, ${median(cpu[name]).toFixed(0)} ms of CPU`,
  );
const ratio = median(times.ours) / median(times.bare);
console.log(
  `ratio: ${ratio.toFixed(2)} (CPU ${(median(cpu.ours) / median(cpu.bare)).toFixed(2)}), at most ${limit}`,
);
process.exitCode = ratio > limit ? 1 : 0;
