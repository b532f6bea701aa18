// The end of the process: on a signal, or on an error that nobody caught.
import { inspect } from 'node:util';
import type { ProtectedServer } from './create-server.ts';
import type { Log } from './log.ts';

const second = 1000;

/**
 * SIGTERM ends the process when its work is done, after it has gone on serving for `drainSeconds`, in which a load balancer
 * notices. SIGINT does not wait for anybody to notice; a second signal waits for nothing. An error that nobody caught ends
 * the process with code 1.
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
