import { importing } from './clock.ts';
import type { Altered, RunningServer } from './server.ts';

/** Says how much is in use after a collection, at each SIGUSR2. */
const code = `
  process.on('SIGUSR2', async () => {
    for (let i = 0; i < 3; i += 1) {
      globalThis.gc();
      await new Promise((resolve) => setImmediate(resolve));
    }
    const { heapUsed, external } = process.memoryUsage();
    process.stdout.write('heap of ' + (heapUsed + external) + ' bytes\\n');
  });
`;

/** A server whose heap can be measured. */
export const measuredHeap: Altered = {
  node: ['--expose-gc', ...importing(code)],
  python: { MEASURED_HEAP: '1' },
};

/** @returns the bytes that a server's heap holds after a full collection. */
export async function heapOf(server: RunningServer): Promise<number> {
  const before = server.program.stdout.length;
  server.program.child.kill('SIGUSR2');
  const [, bytes] = await server.program.says(new RegExp(`^[\\s\\S]{${before}}heap of (\\d+) bytes`));
  return Number(bytes);
}
