import { expect, onTestFinished, test } from 'vitest';
import { casesFor } from './attack/cases/index.ts';
import { attack, complaintsOf } from './attack/run.ts';
import { impatient } from './clock.ts';
import { inPython, makeProject } from './project.ts';
import { prepareGround, unlimited } from './server.ts';

// In a file of its own, so that it runs beside the others: it mostly waits. Time-outs are Node's own work, so once is enough.

test('whoever sends slowly, or not at all, is cut in time', async () => {
  // Five times sooner than in production: a busy machine then has time to spare.
  const ground = await prepareGround(await makeProject('todo'), { env: unlimited, altered: impatient });
  onTestFinished(() => ground.close());
  const waits = inPython ? 'waits 10000 ms' : 'cuts headers after 10000 ms, requests after 30000 ms';
  expect(ground.server.program.stdout).toContain(waits);
  const cases = casesFor(ground.target).filter(({ slow }) => slow);
  expect(cases.length).toBeGreaterThan(5);
  const outcomes = await attack(ground.target, ground.source, { cases });
  expect(complaintsOf(outcomes)).toEqual([]);
  expect(outcomes.filter(({ skipped }) => skipped !== undefined)).toEqual([]);
});
