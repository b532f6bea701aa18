import { defineConfig } from 'vitest/config';
import { packTemplates } from './scripts/templates.js';

// Tests that install projects, or start so many processes that they take their time.
const slow = ['test/e2e/**/*.test.ts', 'test/security/**/*.test.ts', 'test/**/*.slow.test.ts'];
const never = ['test/snapshots/**', '**/node_modules/**'];

// Two projects: `quick` stays under a minute; `full` installs, starts, walks and attacks real projects.
export default defineConfig({
  plugins: [packTemplates({ released: false })],
  test: {
    maxWorkers: 2,
    projects: [
      {
        extends: true,
        test: {
          name: 'quick',
          include: ['test/**/*.test.ts'],
          exclude: [...slow, ...never],
          testTimeout: 20_000,
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
        },
      },
    ],
  },
});
