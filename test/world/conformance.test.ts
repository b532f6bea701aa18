import { describe, expect, test } from 'vitest';
import { faultsOfRole, runAuthorizationServer, runClient } from '../security/conformance/roles.ts';
import { faultsOfSuite, runConformance } from '../security/conformance/run.ts';

describe('the official conformance suite', () => {
  test('passes with a server that has all that it asks for, except what is deprecated or needs sessions', async () => {
    expect((await runConformance()).flatMap(faultsOfSuite)).toEqual([]);
  });

  test('passes with the local Scalekit as authorization server', async () => {
    expect(faultsOfRole(await runAuthorizationServer())).toEqual([]);
  });

  test('passes with our own client, in both revisions and with its extensions', async () => {
    expect((await runClient()).flatMap(faultsOfRole)).toEqual([]);
  });
});
