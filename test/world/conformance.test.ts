import { describe, expect, test } from 'vitest';
import { faultsOfRole, runAuthorizationServer, runClient } from '../security/conformance/roles.ts';
import { runConformance } from '../security/conformance/run.ts';
import { judgeScenario } from '../security/conformance/scenarios.ts';

describe('the official conformance suite', () => {
  test('passes wherever a server that has nothing but tools can, in both eras', async () => {
    for (const { run, results } of await runConformance('todo')) {
      const ran = results.map(({ scenario }) => scenario);
      expect(ran, run.name).toEqual(expect.arrayContaining(Object.keys(run.required)));
      const faults = results.flatMap((result) => {
        const { fault } = judgeScenario(run, result);
        return fault ? [`${run.name}: ${result.scenario}: ${fault}`] : [];
      });
      expect(faults).toEqual([]);
    }
  });

  test('passes with the local Scalekit as authorization server', async () => {
    expect(faultsOfRole(await runAuthorizationServer())).toEqual([]);
  });

  test('passes with our own client, in both revisions and the extensions that it has', async () => {
    expect((await runClient()).flatMap(faultsOfRole)).toEqual([]);
  });
});
