// The load generator, a process of its own on its own core: a fixed number of calls over a fixed number of kept-alive connections,
// each of which sends its next call when the last one is answered. Takes orders from run.js over IPC.
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { callOf, initializeCall, initializedNotification, todosOf } from './calls.js';

const require = createRequire(join(process.env.BENCH_TOOLS, 'package.json'));
const { Client } = require('undici');
const path = '/mcp';

/** @type {Map<string, Array<{client: import('undici').Client, headers: object, body: (id: number) => string, bytes: number}>>} */
const opened = new Map();

process.on('message', async (order) => {
  try {
    process.send({ done: await orders[order.do](order) });
  } catch (error) {
    process.send({ failed: `${order.target}: ${error.message}` });
  }
});

const orders = {
  /** Opens one connection per token, with a session if the server keeps sessions, and checks one answer in full. */
  async open({ target, origin, era, tokens, handshake }) {
    const lanes = await Promise.all(tokens.map((token) => openLane({ origin, era, token, handshake })));
    opened.set(target, lanes);
    return { answerBytes: lanes[0].bytes };
  },

  /** @param {{target: string, calls: number, tokens?: string[]}} order `tokens`: one per call, instead of the connection's own */
  async run({ target, calls, tokens }) {
    const lanes = opened.get(target);
    const headersOf = ({ headers }, index) =>
      tokens ? { ...headers, authorization: `Bearer ${tokens[index]}` } : headers;
    const latencies = new Float64Array(calls);
    const cpuBefore = process.cpuUsage();
    const start = process.hrtime.bigint();
    let next = 0;
    await Promise.all(
      lanes.map((lane) => keepCalling(lane, headersOf, () => (next < calls ? next++ : undefined), latencies)),
    );
    const wall = Number(process.hrtime.bigint() - start) / 1e3;
    const { user, system } = process.cpuUsage(cpuBefore);
    latencies.sort();
    return {
      calls,
      wallMicros: wall,
      generatorMicros: user + system,
      p50Micros: latencies[Math.floor(calls * 0.5)],
      p99Micros: latencies[Math.floor(calls * 0.99)],
    };
  },

  async close({ target }) {
    await Promise.all(opened.get(target).map(({ client }) => client.destroy()));
    opened.delete(target);
  },
};

async function openLane({ origin, era, token, handshake }) {
  const client = new Client(origin, {
    pipelining: 1,
    keepAliveTimeout: 600_000,
    keepAliveMaxTimeout: 600_000,
  });
  const sessionId = handshake ? await startSession(client, token) : undefined;
  const call = callOf(era, { token, sessionId });
  const { text } = await ask(client, { headers: call.headers, body: call.body(0) });
  if (todosOf(text).length !== 5) throw new Error(`expected five todos, got ${text.slice(0, 300)}`);
  return { client, ...call, bytes: Buffer.byteLength(text) };
}

async function startSession(client, token) {
  const { headers } = await ask(client, initializeCall(token));
  const sessionId = headers['mcp-session-id'];
  await ask(client, initializedNotification(token, sessionId));
  return sessionId;
}

async function ask(client, { headers, body }) {
  const response = await client.request({ method: 'POST', path, headers, body });
  const text = await response.body.text();
  if (response.statusCode >= 300) throw new Error(`HTTP ${response.statusCode}: ${text.slice(0, 300)}`);
  return { headers: response.headers, text };
}

function keepCalling(lane, headersOf, take, latencies) {
  return new Promise((resolve, reject) => {
    const callNext = () => {
      const index = take();
      if (index === undefined) return resolve();
      const start = process.hrtime.bigint();
      const answered = () => {
        latencies[index] = Number(process.hrtime.bigint() - start) / 1e3;
        callNext();
      };
      const options = { method: 'POST', path, headers: headersOf(lane, index), body: lane.body(index) };
      lane.client.dispatch(options, new Answer(lane.bytes, answered, reject));
    };
    callNext();
  });
}

/** Counts an answer's bytes instead of parsing it: that is cheap, and an error never has the length of a right answer. */
class Answer {
  #expected;
  #resolve;
  #reject;
  #status = 0;
  #bytes = 0;

  constructor(expected, resolve, reject) {
    this.#expected = expected;
    this.#resolve = resolve;
    this.#reject = reject;
  }

  onRequestStart() {}

  onResponseStart(_controller, status) {
    this.#status = status;
  }

  onResponseData(_controller, chunk) {
    this.#bytes += chunk.length;
  }

  onResponseEnd() {
    // The event ids of some servers vary by a few characters.
    if (this.#status === 200 && Math.abs(this.#bytes - this.#expected) < 64) this.#resolve();
    else
      this.#reject(
        new Error(`HTTP ${this.#status} of ${this.#bytes} bytes, expected 200 of ${this.#expected}`),
      );
  }

  onResponseError(_controller, error) {
    this.#reject(error);
  }
}
