import { describe, expect, test } from 'vitest';
import { lacks } from '../../support/needs.ts';
import { complaintsOf, runFaults } from './run.ts';
import { siteNeeds } from './site.ts';

describe.skipIf(lacks('a site with faults', siteNeeds))(
  'three replicas behind nginx, with Postgres and Redis',
  () => {
    test('lose no acknowledged write and fail no call but those of a killed process, whatever happens', async () => {
      const run = await runFaults(1);
      expect(complaintsOf(run)).toEqual([]);
      expect(
        run.outcomes.map(({ calls }) => calls).filter((calls) => calls < 20),
        'each came under load',
      ).toEqual([]);
      expect(run.balance.writes).toBeGreaterThan(200);
    });
  },
);
