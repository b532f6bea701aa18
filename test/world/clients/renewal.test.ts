import { describe, expect, onTestFinished, test } from 'vitest';
import { lacks } from '../../support/needs.ts';
import { pythonNeeds } from '../../support/packages.ts';
import { isolationNeeds } from './isolation.ts';
import { page, pageWith, renewals } from './page.ts';
import { realClients } from './real/index.ts';
import {
  type Connection,
  connect,
  lifetimeFor,
  outlive,
  type Renewal,
  refusedToken,
  staysForOneToken,
} from './renewal.ts';
import { World } from './world.ts';

const skipped = lacks('connections that outlive their tokens', [...isolationNeeds, ...pythonNeeds]);

/** The Inspector's page cannot be told scopes, and is the same program as its command line. */
const tried = realClients.filter(({ name }) => name !== 'MCP Inspector, web');

/** Signs in all clients with this token lifetime, and then uses all connections at the same time. */
async function connectAll(tokenLifetime: number): Promise<readonly Renewal[]> {
  const world = await World.open({ onTime: true, refusedToken });
  onTestFinished(() => world.close());
  await world.configure({ tokenLifetime });
  const connections: Connection[] = [];
  for (const client of tried.filter((each) => lifetimeFor(each) === tokenLifetime)) {
    const connection = await connect(world, client);
    onTestFinished(() => connection.session.close());
    connections.push(connection);
  }
  return Promise.all(
    connections.map((each) => (each.renews ? outlive(world, each) : staysForOneToken(each))),
  );
}

describe.skipIf(skipped)('with offline_access', { timeout: 1_800_000 }, () => {
  test('a connection survives twenty token lifetimes and a refused token without a person', async () => {
    const lifetimes = new Set(tried.map(lifetimeFor));
    const rows = await Promise.all([...lifetimes].map(connectAll));
    await expect(pageWith(renewals, tried, rows.flat())).toMatchFileSnapshot(page);
  });
});
