// The end of the process: on a signal, or on an error that nobody caught.
import { inspect } from 'node:util';
import type { ProtectedServer } from './create-server.ts';
import type { Log } from './log.ts';

const second = 1000;

/** SIGTERM and SIGINT end the process when its work is done; an error that nobody caught ends it with code 1. */
export function endWithProcess(server: ProtectedServer, log: Log): void {
  const end = async (event: string, exitCode: number, details = {}, grace?: number) => {
    log(exitCode === 0 ? 'info' : 'error', event, details);
    await server.close(grace);
    // Whatever else still runs, such as a timer or a database's connection, does not keep the process alive.
    process.exit(exitCode);
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const)
    process.once(signal, () => void end('closing', 0, { signal }));
  process.once('uncaughtException', (thrown: unknown) => {
    // Anything can be thrown, not errors alone.
    const { message, stack } =
      thrown instanceof Error ? thrown : { message: inspect(thrown), stack: undefined };
    void end('uncaught_error', 1, { message, stack }, second);
  });
}
