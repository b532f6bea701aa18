// The local Scalekit and the servers of one run, which end with it.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { Agent } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { callOf } from '../server/calls.js';
import { installNode, installProject } from '../server/install.js';
import { startLocalScalekit } from '../server/ours.js';
import { freePort, postUntilAnswered } from '../server/processes.js';

export const node = installNode();
installProject('tools', node);
export const scalekit = await startLocalScalekit();
/** For files, until the end of the run. */
export const folder = mkdtempSync(join(tmpdir(), 'bench-scale-'));
export const children = [];
process.on('exit', () => {
  for (const child of children) child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

/** The subject of a user. */
const subjectOf = (index) => `usr_${1_000_000 + index}`;
/** How a store knows a user: `user.id`. */
export const ownerOf = (index) => `${scalekit.url}#${subjectOf(index)}`;

/** @returns tokens of the first users. */
export const mint = (count) =>
  Promise.all(Array.from({ length: count }, (_, index) => scalekit.mint({ subject: subjectOf(index) })));

/** Starts a server and waits for its first answer. @param cores which CPU cores it may run on. */
export async function start(place, env = {}, cores = '0,1') {
  const port = await freePort();
  const { PORT: _, MCP_URL: __, ...variables } = scalekit.variables;
  const limits = { TOOL_CALLS_PER_MINUTE: '0', REQUESTS_PER_MINUTE: '0', LOG_LEVEL: 'warn' };
  const all = {
    PATH: process.env.PATH,
    ...variables,
    ...limits,
    ...env,
    PORT: `${port}`,
    MCP_URL: `http://localhost:${port}/`,
  };
  const args = ['-c', cores, node, 'dist/src/main.js'];
  const child = spawn('taskset', args, { cwd: place, env: all, stdio: 'ignore' });
  children.push(child);
  const server = {
    get running() {
      return child.exitCode === null;
    },
  };
  const [token] = await mint(1);
  const { headers, body } = callOf('2025-11-25', { token });
  const agent = new Agent({ keepAlive: true });
  await postUntilAnswered(server, port, { headers, body: body(0) }, agent);
  agent.destroy();
  return { port, pid: child.pid, stop: () => child.kill('SIGKILL') };
}
