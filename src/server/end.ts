// The end of the process: on a signal, or on an error that nobody caught.
import { inspect } from 'node:util';
import type { ProtectedServer } from './create-server.ts';
import type { Log } from './log.ts';

const second = 1000;

/**
 * On SIGTERM, goes on serving for `drainSeconds`, so that a load balancer notices, then finishes the requests under way and
 * ends. SIGINT skips the first part, and a second signal skips both. An uncaught error ends the process with code 1.
 */
export function endWithProcess(server: ProtectedServer, drainSeconds: number, log: Log): void {
  const end = async (event: string, exitCode: number, details = {}, grace?: number) => {
    log(exitCode === 0 ? 'info' : 'error', event, details);
    await server.close(grace);
    // Whatever else still runs, such as a timer or a database's connection, does not keep the process alive.
    process.exit(exitCode);
  };
  let isEnding = false;
  const onSignal = (signal: 'SIGTERM' | 'SIGINT') => {
    if (isEnding) process.exit(0);
    isEnding = true;
    if (signal === 'SIGINT' || drainSeconds === 0) return void end('closing', 0, { signal });
    log('info', 'draining', { signal, seconds: drainSeconds });
    server.drain();
    setTimeout(() => void end('closing', 0, { signal }), drainSeconds * second);
  };
  process.on('SIGTERM', onSignal);
  process.on('SIGINT', onSignal);
  process.once('uncaughtException', (thrown: unknown) => {
    // Anything can be thrown, not errors alone.
    const { message, stack } =
      thrown instanceof Error ? thrown : { message: inspect(thrown), stack: undefined };
    void end('uncaught_error', 1, { message, stack }, second);
  });
}
