// The measurements: cold starts in turn, then rounds of load in turn, so that whatever else the machine does affects all of them.
import { fork } from 'node:child_process';
import { Agent } from 'node:http';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { callOf, createTodoCall, initializeCall, initializedNotification, todosOf } from './calls.js';
import { cache } from './install.js';
import {
  cpuMicros,
  freePort,
  pinned,
  post,
  postUntilAnswered,
  residentMemory,
  startServer,
} from './processes.js';
import { folderOf } from './targets.js';

/** How many connections call at the same time; each has its own access token, of its own user. */
export const connections = 16;

/** The most calls to warm a server up. */
export const warmUpMillis = 4000;
/** Fewer per round, because each also needs a signature beforehand. */
const callsWithNewTokens = 1000;

/**
 * @typedef {object} Setup
 * @property {string} node
 * @property {Record<string, string>} variables that point a server at the local Scalekit
 * @property {string[]} tokens one per connection
 * @property {(count: number) => Promise<string[]>} mint further tokens of the same users
 */

/** Starts a target and waits for its first answer to a tool call. */
export async function start(target, { node, variables, tokens }) {
  const port = target.port ?? (await freePort());
  const environment = {
    PATH: process.env.PATH,
    PORT: String(port),
    ...(target.owned ? oursOnly(port) : rivalsOnly),
    ...variables,
  };
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const spawned = performance.now();
  const server = startServer({
    command: target.command ? join(folderOf(target), target.command) : node,
    args: target.args,
    cwd: folderOf(target),
    env: environment,
    log: join(cache, `${target.project}.log`),
  });
  const [era] = target.eras;
  const [token] = tokens;
  let sessionId;
  if (target.handshake) {
    const { headers } = await postUntilAnswered(server, port, initializeCall(token), agent);
    sessionId = headers['mcp-session-id'];
    await post(port, initializedNotification(token, sessionId), agent);
  }
  const { headers, body } = callOf(era, { token, sessionId });
  const answer = await postUntilAnswered(server, port, { headers, body: body(0) }, agent);
  const firstAnswerMillis = performance.now() - spawned;
  todosOf(answer.text);
  agent.destroy();
  return { server, port, firstAnswerMillis, idleBytes: residentMemory(server.pid).now };
}

/** Production mode favours the rivals. In it, ours refuses a Scalekit on loopback, so it runs without. */
const rivalsOnly = { NODE_ENV: 'production' };
const oursOnly = (port) => ({ MCP_URL: `http://localhost:${port}/`, ...unlimited });
/** The load comes from 16 users and one address: the limits stay on, but are set too high to be reached. */
const unlimited = { TOOL_CALLS_PER_MINUTE: '1000000', REQUESTS_PER_MINUTE: '1000000' };

/** @returns {Promise<Map<string, number[]>>} by project, milliseconds from spawn to the first answer, in the order measured */
export async function measureStarts(targets, setup, { starts, report }) {
  const results = new Map(targets.map(({ project }) => [project, []]));
  for (let round = 0; round < starts; round += 1) {
    for (const target of rotated(targets, round)) {
      const { server, firstAnswerMillis } = await start(target, setup);
      results.get(target.project).push(firstAnswerMillis);
      await server.stop();
    }
    report(`cold starts ${round + 1}/${starts}`);
  }
  return results;
}

/**
 * Keeps all servers running and loads them in turn, in a different order each round.
 * @returns {Promise<object[]>} a row for each target and era
 */
export async function measureLoad(targets, setup, { rounds, calls, warmup, report, endWith = 'SIGKILL' }) {
  const generator = startGenerator(setup.node);
  const rows = [];
  try {
    for (const target of targets) {
      const running = await start(target, setup);
      if (target.owned) await createTodos(running.port, setup.tokens);
      for (const era of target.eras) rows.push(await openRow(generator, target, era, running, setup));
    }
    for (const row of rows) await warmUp(generator, row, warmup, setup);
    for (let round = 0; round < rounds; round += 1) {
      for (const row of rotated(rows, round)) row.rounds.push(await loadOnce(generator, row, calls, setup));
      report(`rounds ${round + 1}/${rounds}`);
    }
    for (const row of rows) row.loaded = residentMemory(row.running.server.pid);
    return rows;
  } finally {
    generator.stop();
    await Promise.all(
      [...new Set(rows.map(({ running }) => running.server))].map((server) => server.stop(endWith)),
    );
  }
}

async function openRow(generator, target, era, running, { tokens }) {
  const key = `${target.name} ${era}`;
  const origin = `http://127.0.0.1:${running.port}`;
  const handshake = Boolean(target.handshake) && era === '2025-11-25';
  const { answerBytes } = await generator.order({ do: 'open', target: key, origin, era, tokens, handshake });
  return { key, target, era, running, answerBytes, rounds: [] };
}

/** Node compiles what runs often, so warm up by time: a quick server makes all its calls before a slow one has warmed up. */
async function warmUp(generator, row, calls, setup) {
  const started = performance.now();
  for (let done = 0; done < calls && performance.now() - started < warmUpMillis; done += 500)
    await generator.order({ do: 'run', target: row.key, calls: 500 });
  if (row.target.newTokens) await loadOnce(generator, row, calls, setup);
}

async function loadOnce(generator, { key, target, running }, wanted, { mint }) {
  const { pid } = running.server;
  const calls = target.newTokens ? callsWithNewTokens : wanted;
  const tokens = target.newTokens ? await mint(calls) : undefined;
  const before = cpuMicros(pid);
  const load = await generator.order({ do: 'run', target: key, calls, tokens });
  const cpu = cpuMicros(pid) - before;
  return {
    cpuPerCall: cpu / calls,
    generatorPerCall: load.generatorMicros / calls,
    callsPerSecond: calls / (load.wallMicros / 1e6),
    serverBusy: cpu / load.wallMicros,
    generatorBusy: load.generatorMicros / load.wallMicros,
    p50: load.p50Micros,
    p99: load.p99Micros,
  };
}

async function createTodos(port, tokens) {
  for (const token of tokens) {
    for (let number = 1; number <= 5; number += 1) {
      const todo = { title: `Todo ${number}`, description: 'Measure it, then say it.' };
      const { status, text } = await post(port, createTodoCall(token, todo));
      if (status !== 200) throw new Error(`create_todo was answered ${status}: ${text.slice(0, 300)}`);
    }
  }
}

function startGenerator(node) {
  const script = fileURLToPath(new URL('load.js', import.meta.url));
  const env = { PATH: process.env.PATH, BENCH_TOOLS: join(cache, 'tools') };
  const options = { env, stdio: ['ignore', 'inherit', 'inherit', 'ipc'], serialization: 'json' };
  const child = pinned
    ? fork(script, { ...options, execPath: 'taskset', execArgv: ['-c', '1', node] })
    : fork(script, { ...options, execPath: node });
  return {
    /** Sends one order at a time. */
    order: (order) =>
      new Promise((resolve, reject) => {
        child.removeAllListeners().once('exit', () => reject(new Error('the load generator ended')));
        child.once('message', ({ done, failed }) => (failed ? reject(new Error(failed)) : resolve(done)));
        child.send(order);
      }),
    stop: () => child.removeAllListeners().kill('SIGKILL'),
  };
}

const rotated = (list, by) => [...list.slice(by % list.length), ...list.slice(0, by % list.length)];
