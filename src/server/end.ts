// The end of the process: on a signal, or on an error that nobody caught.
import type { ProtectedServer } from './create-server.ts';
import type { Log } from './log.ts';
import { detailsOf } from './services.ts';

const second = 1000;

/**
 * Ends the process once all output is written: writes to a pipe may complete after the call (on Windows
 * always), and `process.exit` alone would drop the rest. Whatever else is still active, such as a timer or a database connection,
 * does not keep the process alive, and neither does a reader that has stopped reading.
 * @returns never.
 */
export function endProcess(exitCode: number): Promise<never> {
  process.exitCode = exitCode;
  const exit = () => process.exit();
  // After the log, which writes at the end of this turn of the event loop.
  setImmediate(() => process.stderr.write('', exit));
  setTimeout(exit, second);
  return new Promise(() => {});
}

/**
 * On SIGTERM, keeps serving for `drainSeconds`, so that a load balancer notices, then finishes the requests in progress and
 * ends. SIGINT skips the first part, and a second signal skips both. An uncaught error ends the process with code 1.
 * @param server `close` also closes what its tools work with.
 */
export function endWithProcess(
  server: Pick<ProtectedServer, 'drain' | 'close'>,
  drainSeconds: number,
  log: Log,
): void {
  const end = async (event: string, exitCode: number, details = {}, grace?: number) => {
    log(exitCode === 0 ? 'info' : 'error', event, details);
    await server.close(grace);
    await endProcess(exitCode);
  };
  let isEnding = false;
  const onSignal = (signal: 'SIGTERM' | 'SIGINT') => {
    if (isEnding) return void endProcess(0);
    isEnding = true;
    if (signal === 'SIGINT' || drainSeconds === 0) return void end('closing', 0, { signal });
    log('info', 'draining', { signal, seconds: drainSeconds });
    server.drain();
    setTimeout(() => void end('closing', 0, { signal }), drainSeconds * second);
  };
  process.on('SIGTERM', onSignal);
  process.on('SIGINT', onSignal);
  process.once('uncaughtException', (thrown: unknown) => {
    void end('uncaught_error', 1, detailsOf(thrown), second);
  });
}
