import { defineConfig } from 'vitest/config';

// Tests that install projects, or start so many processes that they take their time.
const slow = ['test/e2e/**/*.test.ts', 'test/security/**/*.test.ts', 'test/**/*.slow.test.ts'];
const never = ['test/snapshots/**', '**/node_modules/**'];

// Two projects: `quick` stays under a minute; `full` installs, starts, walks and attacks real projects.
export default defineConfig({
  test: {
    maxWorkers: 2,
    projects: [
      {
        test: {
          name: 'quick',
          include: ['test/**/*.test.ts'],
          exclude: [...slow, ...never],
          testTimeout: 20_000,
        },
      },
      {
        test: {
          name: 'full',
          include: slow,
          exclude: never,
          testTimeout: 180_000,
          hookTimeout: 180_000,
        },
      },
    ],
  },
});
