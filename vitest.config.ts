import { defineConfig } from 'vitest/config';

// Two projects: `quick` needs no package installs and stays under a minute; `full` installs, starts and attacks real projects.
export default defineConfig({
  test: {
    maxWorkers: 2,
    projects: [
      {
        test: {
          name: 'quick',
          include: ['test/**/*.test.ts'],
          exclude: ['test/e2e/**', 'test/security/**', 'test/snapshots/**', '**/node_modules/**'],
          testTimeout: 20_000,
        },
      },
      {
        test: {
          name: 'full',
          include: ['test/e2e/**/*.test.ts', 'test/security/**/*.test.ts'],
          testTimeout: 180_000,
          hookTimeout: 180_000,
        },
      },
    ],
  },
});
