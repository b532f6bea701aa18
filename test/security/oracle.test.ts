import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Emulator, startEmulator } from '../../src/emulator/index.ts';
import { acceptedIssuers } from '../../src/scalekit/index.ts';
import { makeDirectory, removeDirectory } from '../support/temporary.ts';
import { claimCases } from './attack/cases/claims.ts';
import { formatCases } from './attack/cases/formats.ts';
import { signatureCases } from './attack/cases/signatures.ts';
import { expectationOf } from './attack/judge.ts';
import { mustBeLetIn, oracleAccepts } from './attack/oracle.ts';
import { kitFor } from './attack/run.ts';
import { keySource, readKey, type TokenSource } from './attack/sources.ts';
import { toolsFor } from './attack/target.ts';
import type { Target } from './attack/types.ts';

/** Cases that depend only on the token, since the oracle looks at nothing else. */
const cases = [...formatCases, ...signatureCases, ...claimCases];

let emulator: Emulator;
let keyDirectory: string;
let target: Target;
let source: TokenSource;

beforeAll(async () => {
  keyDirectory = await makeDirectory();
  emulator = await startEmulator({ keyDirectory });
  const [readTool, writeTool] = toolsFor(emulator.scopes, []);
  target = {
    peer: { host: 'localhost', port: 3002, tls: false },
    endpoint: 'http://localhost:3002/mcp',
    path: '/mcp',
    host: 'localhost:3002',
    origin: 'http://localhost:3002',
    metadataUrl: 'http://localhost:3002/.well-known/oauth-protected-resource/mcp',
    environmentUrl: emulator.url,
    resourceId: emulator.resourceId,
    issuers: acceptedIssuers(emulator.url, emulator.resourceId),
    scopes: emulator.scopes,
    readTool,
    writeTool,
  };
  source = await keySource(target, await readKey(join(keyDirectory, 'signing-key.json')));
});

afterAll(async () => {
  await emulator?.close();
  await removeDirectory(keyDirectory);
});

/** For each case, oauth4webapi's decision next to the one that the suite demands. */
async function opinions() {
  return Promise.all(
    cases.map(async (attackCase) => {
      const kit = kitFor(target, source, 'http://127.0.0.1:9', attackCase.id, []);
      const oracle = await oracleAccepts(target, await attackCase.attack(kit));
      const ours = mustBeLetIn(expectationOf(attackCase, kit));
      return { id: attackCase.id, oracle, ours, reason: attackCase.oracleDiffers };
    }),
  );
}

describe('oauth4webapi.validateJwtAccessToken, the second oracle', () => {
  test('agrees with the suite’s expectations, or the case says why not', async () => {
    const disputed = (await opinions()).filter(
      ({ oracle, ours, reason }) => oracle !== undefined && oracle !== ours && reason === undefined,
    );
    expect(disputed).toEqual([]);
  });

  test('disagrees wherever a case says so', async () => {
    const stale = (await opinions()).filter(
      ({ oracle, ours, reason }) => reason !== undefined && oracle === ours,
    );
    expect(stale).toEqual([]);
  });

  test('covers nearly all of them, and accepts some', async () => {
    const all = await opinions();
    expect(all.filter(({ oracle }) => oracle === undefined).length).toBeLessThan(5);
    expect(all.filter(({ oracle }) => oracle).length).toBeGreaterThan(10);
  });
});
