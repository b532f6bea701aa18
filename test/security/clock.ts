import type { Altered, RunningServer } from './server.ts';

/** @returns the options with which Node.js runs this code before a program. */
export function importing(code: string): readonly string[] {
  return ['--import', `data:text/javascript,${encodeURIComponent(code)}`];
}

/** Advances the clock by CLOCK_STEP seconds at each SIGUSR2: keys grow old without anybody waiting for it. */
const code = `
  const RealDate = Date;
  let offset = 0;
  globalThis.Date = class extends RealDate {
    constructor(...args) {
      if (args.length === 0) super(RealDate.now() + offset);
      else super(...args);
    }
    static now() {
      return RealDate.now() + offset;
    }
  };
  process.on('SIGUSR2', () => {
    offset += Number(process.env.CLOCK_STEP) * 1000;
    process.stdout.write('clock at +' + offset + '\\n');
  });
`;

/** A server whose clock can be set forward. */
export const movableClock: Altered = { node: importing(code), python: {} };

/** Divides what a server waits for slow clients (its sockets' time-outs, timers of five seconds and more) by five, and prints each timer. */
const impatience = `
  import http from 'node:http';
  import { syncBuiltinESMExports } from 'node:module';
  const { createServer } = http;
  http.createServer = (options, ...rest) => {
    const { headersTimeout = 60000, requestTimeout = 300000 } = options;
    process.stdout.write('cuts headers after ' + headersTimeout + ' ms, requests after ' + requestTimeout + ' ms\\n');
    const sooner = { headersTimeout: headersTimeout / 5, requestTimeout: requestTimeout / 5 };
    return createServer({ ...options, ...sooner, connectionsCheckingInterval: 200 }, ...rest);
  };
  syncBuiltinESMExports();
  const { setTimeout: wait } = globalThis;
  globalThis.setTimeout = (work, ms, ...rest) => {
    if (ms < 5000) return wait(work, ms, ...rest);
    process.stdout.write('waits ' + ms + ' ms\\n');
    return wait(work, ms / 5, ...rest);
  };
`;

/** A server that cuts off slow clients five times sooner than in production. */
export const impatient: Altered = { node: importing(impatience), python: { WAITS_DIVIDED_BY: '5' } };

/** A refused request is read on for three seconds, and a test on a busy machine may not get to the answer before. */
const patience = `
  const { setTimeout: wait } = globalThis;
  globalThis.setTimeout = (work, ms, ...rest) => wait(work, ms === 3000 ? 60000 : ms, ...rest);
`;

/** A server on Node.js that gives a refused client a minute to read its answer. */
export const patient: Altered = { node: importing(patience), python: {} };

const calm = `
  const { timeout } = AbortSignal;
  AbortSignal.timeout = (ms) => timeout.call(AbortSignal, ms * 30);
`;

/** A server on Node.js that gives others thirty times as long to answer: on a busy machine they may need it. */
export const unhurried: Altered = { node: importing(calm), python: {} };

/** Sets a server's clock forward by the seconds in its variable CLOCK_STEP. */
export async function advance(server: RunningServer): Promise<void> {
  const before = server.program.stdout.length;
  server.program.child.kill('SIGUSR2');
  await server.program.says(new RegExp(`^[\\s\\S]{${before}}clock at \\+\\d+`));
}
