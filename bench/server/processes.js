// Starts servers on one core and reads from /proc what they use, so that no server has to be changed to be measured.
import { spawn } from 'node:child_process';
import { openSync, readdirSync, readFileSync } from 'node:fs';
import { request } from 'node:http';
import { createServer } from 'node:net';
import { availableParallelism } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';

/** Core 0 for the server under measurement, core 1 for everything else. */
export const pinned = process.platform === 'linux' && availableParallelism() > 1;

/** @returns {[string, string[]]} the command, pinned to a core if the machine can do that */
export function onCore(core, command, args) {
  return pinned ? ['taskset', ['-c', String(core), command, ...args]] : [command, args];
}

/**
 * Starts a server on core 0, its output going to a log file.
 * @param {{command: string, args: string[], cwd: string, env: Record<string, string>, log: string}} how
 */
export function startServer({ command, args, cwd, env, log }) {
  const output = openSync(log, 'a');
  const child = spawn(...onCore(0, command, args), { cwd, env, stdio: ['ignore', output, output] });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  return {
    pid: child.pid,
    get running() {
      return child.exitCode === null && child.signalCode === null;
    },
    /** @param {NodeJS.Signals} signal SIGTERM lets it finish its output */
    async stop(signal = 'SIGKILL') {
      child.kill(signal);
      await ended;
    },
  };
}

/** @returns {number} CPU time that a process has used since its start, in microseconds; all of its threads */
export function cpuMicros(pid) {
  let nanoseconds = 0;
  for (const task of readdirSync(`/proc/${pid}/task`)) {
    nanoseconds += Number(readFileSync(`/proc/${pid}/task/${task}/schedstat`, 'utf8').split(' ')[0]);
  }
  return nanoseconds / 1e3;
}

/** @returns {{now: number, peak: number}} resident memory in bytes */
export function residentMemory(pid) {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const read = (name) => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)[1]) * 1024;
  return { now: read('VmRSS'), peak: read('VmHWM') };
}

/** @returns {Promise<number>} a port that was free a moment ago */
export async function freePort() {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/**
 * Sends a POST until it is answered with 200, every two milliseconds while nothing listens.
 * @throws Error when the server ended or thirty seconds have passed
 */
export async function postUntilAnswered(server, port, { headers, body }, agent) {
  const deadline = performance.now() + 30_000;
  for (;;) {
    const answer = await post(port, { headers, body }, agent).catch((error) => error);
    if (answer.status === 200) return answer;
    if (!server.running) throw new Error('the server ended before it answered; its log says why');
    if (performance.now() > deadline)
      throw new Error(`no answer in 30 s: ${answer.status ?? answer.message}`);
    await sleep(2);
  }
}

/** @returns {Promise<{status: number, headers: object, text: string}>} */
export function post(port, { headers, body }, agent) {
  return new Promise((resolve, reject) => {
    const options = { host: '127.0.0.1', port, path: '/mcp', method: 'POST', headers, agent };
    const outgoing = request(options, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (part) => {
        text += part;
      });
      response.on('end', () => resolve({ status: response.statusCode, headers: response.headers, text }));
    });
    outgoing.on('error', reject).end(body);
  });
}
