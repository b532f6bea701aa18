import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import clientsKnown from '../../src/doctor/checks/scalekit/216-clients-known.ts';
import redirectsRegistered from '../../src/doctor/checks/scalekit/217-redirects-registered.ts';
import { known, noFacts } from '../../src/doctor/facts/index.ts';
import { gatherRegistrations } from '../../src/doctor/gather/registrations.ts';
import { startRun } from '../../src/doctor/run-checks.ts';
import { type Emulator, startEmulator } from '../../src/emulator/index.ts';
import { endpoints } from '../../src/scalekit/index.ts';
import { discover, register } from '../emulator/walk.ts';
import { temporaryDirectory } from '../support/temporary.ts';

const endpoint = 'http://localhost:3002/mcp';
const callback = 'http://localhost:3334/oauth/callback';
const { signal } = new AbortController();

let emulator: Emulator;
beforeAll(async () => {
  emulator = await startEmulator();
});
afterAll(() => emulator.close());

/** Registers a client as mcp-remote does. */
async function registerRemote(redirectUri: string): Promise<string> {
  const client = await register(await discover(emulator), {
    client_name: 'mcp-remote',
    redirect_uris: [redirectUri],
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
  });
  return client.client_id;
}

/** A home directory in which mcp-remote has stored a client of this server. */
async function homeWith(clientId: string, redirectUri: string, url = endpoint): Promise<string> {
  const home = await temporaryDirectory('doctor-home');
  const folder = join(home, '.mcp-auth/mcp-remote-v1');
  await mkdir(folder, { recursive: true });
  const hash = createHash('md5').update(url).digest('hex');
  const information = { client_id: clientId, redirect_uris: [redirectUri] };
  await writeFile(join(folder, `${hash}_client_info.json`), JSON.stringify(information));
  await writeFile(
    join(folder, `${hash}_tokens.json`),
    JSON.stringify({ access_token: 'a-token-of-somebody' }),
  );
  return home;
}

async function examine(home: string) {
  const authorizationEndpoint = endpoints(emulator.url, emulator.resourceId).authorization;
  const registrations = await gatherRegistrations(
    { home, endpoint, authorizationEndpoint, clients: [] },
    { signal },
  );
  const facts = { ...noFacts('not asked'), registrations: known(registrations) };
  const run = startRun(facts, [clientsKnown, redirectsRegistered], []);
  return { registrations, states: ['SKM216', 'SKM217'].map((code) => run.outcomeOf(code)?.state) };
}

describe('a client that mcp-remote has stored', () => {
  test('is fine if Scalekit knows it', async () => {
    const { states, registrations } = await examine(await homeWith(await registerRemote(callback), callback));
    expect(states).toEqual(['passed', 'passed']);
    expect(registrations).toHaveLength(1);
    expect(JSON.stringify(registrations)).not.toContain('a-token-of-somebody');
  });

  test('is named if Scalekit has never issued its id', async () => {
    const { states, registrations } = await examine(await homeWith('skc_1000000000000002', callback));
    expect(states).toEqual(['found', 'passed']);
    expect(registrations[0]?.file).toMatch(/^~\/\.mcp-auth\/mcp-remote-v1\/[\da-f]{32}_client_info\.json$/);
  });

  test('is named if it has registered another address', async () => {
    const clientId = await registerRemote('https://client.example.com/callback');
    const { states } = await examine(await homeWith(clientId, 'https://other.example.com/callback'));
    expect(states).toEqual(['passed', 'found']);
  });

  test('is ignored if it belongs to another server', async () => {
    const { states } = await examine(await homeWith('m2m_1', callback, 'https://other.example.com/mcp'));
    expect(states).toEqual(['skipped', 'skipped']);
  });
});
