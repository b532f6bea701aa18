import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import { inlineTemplates } from './scripts/templates.js';
import { LongestFirst } from './test/support/longest-first.ts';
import { pythonNeeds } from './test/support/packages.ts';

// Tests that install projects, or start so many processes that they take their time.
const slow = ['test/e2e/**/*.test.ts', 'test/security/**/*.test.ts', 'test/**/*.slow.test.ts'];
// What takes minutes: real clients, proxies, engines. `npm run test:world` runs it.
const world = ['test/world/**/*.test.ts'];
// Those that also run against servers in Python, which need what `world` needs.
const alsoInPython = [
  'connections',
  'crowd',
  'environment',
  'fuzz',
  'keys',
  'life',
  'limits',
  'log',
  'one-user',
  'prefix',
  'slow',
];
const never = ['test/snapshots/**', '**/node_modules/**'];

/** Only if it is asked for by name: `npx vitest run <file>` means that file once. Without Python, tests of `world` say what is skipped. */
const isForPython = process.argv.includes('python') && pythonNeeds.every(({ present }) => present);

const cores = Math.min(availableParallelism(), 4);

// `quick` stays under a minute; `full` installs, starts, walks and attacks real projects; `world` puts them among what users
// have; `python` attacks servers in Python with files of `full`.
export default defineConfig({
  plugins: [inlineTemplates()],
  test: {
    sequence: { sequencer: LongestFirst },
    setupFiles: ['test/support/rsa-keys.ts'],
    // A condition that comes is waited for, on a slow machine too.
    expect: { poll: { timeout: 15_000 } },
    projects: [
      {
        extends: true,
        test: {
          name: 'quick',
          include: ['test/**/*.test.ts'],
          exclude: [...slow, ...world, ...never],
          // Limits only end what hangs: a busy machine is no failure.
          testTimeout: 90_000,
          hookTimeout: 90_000,
          // They also wait for timers and sockets: one worker more keeps the cores busy.
          maxWorkers: cores + 1,
          // Loading everything anew for each file takes longer than the tests. Hence no `vi.mock` here: it would stay.
          isolate: false,
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          name: 'full',
          include: slow,
          exclude: never,
          testTimeout: 180_000,
          hookTimeout: 180_000,
          // Most of the time they wait for the programs that they have started.
          maxWorkers: 2 * cores,
          sequence: { groupOrder: 1 },
        },
      },
      {
        extends: true,
        test: {
          name: 'world',
          include: world,
          exclude: never,
          testTimeout: 600_000,
          hookTimeout: 600_000,
          maxWorkers: cores,
          sequence: { groupOrder: 2 },
        },
      },
      {
        extends: true,
        test: {
          name: 'python',
          include: isForPython ? alsoInPython.map((name) => `test/security/${name}.test.ts`) : [],
          env: { SERVER_LANGUAGE: 'python' },
          testTimeout: 600_000,
          hookTimeout: 600_000,
          maxWorkers: cores,
          sequence: { groupOrder: 3 },
        },
      },
    ],
  },
});
