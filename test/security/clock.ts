import type { RunningServer } from './server.ts';

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

/** Node's options for a server whose clock can be set forward. */
export const movableClock = ['--import', `data:text/javascript,${encodeURIComponent(code)}`];

/** Sets a server's clock forward, by as much as its variable CLOCK_STEP says. */
export async function advance(server: RunningServer): Promise<void> {
  const before = server.program.stdout.length;
  server.program.child.kill('SIGUSR2');
  await server.program.says(new RegExp(`^[\\s\\S]{${before}}clock at \\+\\d+`));
}
