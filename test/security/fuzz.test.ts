import { afterEach, describe, expect, test } from 'vitest';
import { fuzz } from './attack/fuzz.ts';
import { inPython, makeProject, type Template } from './project.ts';
import { type Ground, prepareGround, unlimited } from './server.ts';
import { describeSoak } from './soak-suite.ts';

let ground: Ground;

afterEach(() => ground?.close());

/** A limited part of what `npm run attack -- --fuzz` sends. */
describe('random requests', () => {
  test.for<Template>(['todo', 'blank'])(
    '%s: no crash, no hang, no leak, nothing without a token',
    async (template) => {
      ground = await prepareGround(await makeProject(template), { env: unlimited });
      await fuzz(ground.target, ground.source, { requests: 1500 });
      expect(ground.server.program.running).toBe(true);
      expect(ground.server.program.output).not.toMatch(/eyJ[\w-]{10,}/);
    },
  );
});

// test/world/security sends more.
// In Python a remembered token is an object of several kilobytes.
describeSoak({ requests: 2000, megabytes: inPython ? 12 : 3 });
