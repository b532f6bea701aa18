import { setTimeout as delay } from 'node:timers/promises';
import { expect } from 'vitest';
import { until } from '../../support/waiting.ts';
import type { RealClient, Session } from './client.ts';
import { scopesOf } from './requests.ts';
import type { World } from './world.ts';

/** How long a connection lasts if told to ask for `offline_access`, in the words of the table in docs/clients.md. */
export interface Renewal {
  readonly client: string;
  readonly version: string;
  readonly namesScopes: string;
  readonly lives: string;
}

/** Seconds that a token lives. */
export const lifetime = 5;

/** How many tokens in a row it gets without a person. */
const renewals = 20;

/** Which of a client's tokens is refused. */
export const refusedToken = 3;

/** Seconds that the tokens of a client live, so that it can use each for five. */
export function lifetimeFor({ early = 0, renews = early }: RealClient): number {
  return renews + lifetime;
}

/** A connection that a person has signed in to once. */
export interface Connection {
  readonly client: RealClient;
  /** Its client id. */
  readonly id: string;
  readonly session: Session;
  /** Whether it has asked for `offline_access`, as it was told. */
  readonly renews: boolean;
  /** How often a person was asked for it: Codex signs in when it is told of the server, and again for the scopes. */
  readonly visits: number;
}

/** Signs in. One client after the other, so that each sign-in can be attributed. */
export async function connect(world: World, client: RealClient): Promise<Connection> {
  const home = await world.home(client.name.replaceAll(/\W+/g, '-') + client.version);
  const scopes = ['todo:read', 'todo:write', 'offline_access'];
  const before = world.asked.length;
  const session = await client.open(home, { endpoint: world.endpoint, scopes });
  await session.tools();
  const last = world.asked.slice(before).at(-1);
  if (last === undefined) throw new Error(`${client.name} has asked nobody to sign in`);
  const id = String(last.query?.client_id);
  await until(`the token of ${client.name}`, () => seenOf(world, id).lastToken > 0, 120_000);
  const renews = scopesOf(last.query ?? {}).includes('offline_access');
  return { client, id, session, renews, visits: seenOf(world, id).visits };
}

/** The requests of one client that both servers have seen. */
function seenOf(world: World, id: string) {
  const tokens = world.scalekit.filter(
    ({ path, status, body }) => path.endsWith('/token') && status === 200 && body?.client_id === id,
  );
  const requests = world.server.filter(({ client }) => client === id);
  return {
    lastToken: tokens.at(-1)?.time ?? 0,
    refreshes: tokens.filter(({ body }) => body?.grant_type === 'refresh_token').length,
    visits: world.asked.filter(({ query }) => query?.client_id === id).length,
    // Without those with expired tokens, which many clients send.
    refusals: requests.filter(({ challenge = '' }) => challenge.includes('signature')).length,
  };
}

/**
 * Calls a tool once the last token has expired, by the client's own count. On a slow machine the next may expire on its way: then
 * once more.
 */
async function callAfterExpiry(world: World, { client, id, session }: Connection): Promise<void> {
  await delay(Math.max(0, seenOf(world, id).lastToken + (lifetime + 1) * 1000 - Date.now()));
  let said = '';
  for (let attempt = 0; attempt < 5; attempt += 1) {
    const { ok, text } = await session.call('list_todos');
    if (ok) return;
    said = text;
  }
  throw new Error(`${client.name} has lost its connection:\n${said}`);
}

/** Uses a connection until it has outlived its tokens and a refused one, and nobody was asked again. */
export async function outlive(world: World, connection: Connection): Promise<Renewal> {
  const { client, id } = connection;
  const { tokens = renewals } = client;
  const isLongEnough = () => {
    const { refreshes, refusals } = seenOf(world, id);
    return refreshes >= tokens && refusals > 0;
  };
  for (let round = 0; round < 3 * tokens && !isLongEnough(); round += 1) {
    await callAfterExpiry(world, connection);
    // Uses the token that it has just got, since a token is refused at its second use. A slow client may be too late for that.
    if (seenOf(world, id).refusals === 0) await connection.session.call('list_todos');
  }
  await callAfterExpiry(world, connection);
  const { refreshes, refusals, visits } = seenOf(world, id);
  expect({ client: client.name, refreshes, refusals, visits }).toEqual({
    client: client.name,
    refreshes: expect.toSatisfy((count: number) => count >= tokens),
    refusals: expect.toSatisfy((count: number) => count > 0),
    visits: connection.visits,
  });
  return rowOf(client, 'as long as the refresh token: it renews itself');
}

/** A client that was told to ask for `offline_access` but did not: it has nothing to renew its token with. */
export function staysForOneToken({ client }: Connection): Renewal {
  return rowOf(client, 'as long as one access token: it asks for what the server names alone');
}

function rowOf({ name, version, namesScopes = 'nowhere' }: RealClient, lives: string): Renewal {
  return { client: name, version, namesScopes, lives };
}
