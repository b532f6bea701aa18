// The contract of a generated todo server, over HTTP: the same tests for every form in which it is generated.
import { afterAll, beforeAll, describe } from 'vitest';
import type { Ground } from '../../security/server.ts';
import { lacks } from '../../support/needs.ts';
import { pythonNeeds } from '../../support/packages.ts';
import { postgres } from '../../support/postgres.ts';
import { describeClients } from './clients.ts';
import { type Flavour, inMemory, inPython, onPostgres, onSqlite } from './flavour.ts';
import { describeHttp } from './http.ts';
import { describeLimits } from './limits.ts';
import { describeDiscovery } from './metadata.ts';
import { describeRefusals } from './refusals.ts';
import { describeTools } from './tools.ts';

function describeContract(flavour: Flavour): void {
  let ground: Ground;
  beforeAll(async () => {
    ground = await flavour.start();
  });
  afterAll(() => ground?.close());

  describeTools(() => ground);
  describeDiscovery(() => ground);
  describeRefusals(() => ground);
  describeHttp(() => ground);
  describeClients(() => ground);
  describeLimits(flavour);
}

describe.each([inMemory, onSqlite])('the todo server in $name', describeContract);

describe.skipIf(lacks('the contract in Python', pythonNeeds))('the todo server in Python', () => {
  describeContract(inPython);
});

describe.skipIf(lacks('the contract on Postgres', [postgres]))('the todo server on Postgres', () => {
  describeContract(onPostgres);
});
