import { setTimeout as delay } from 'node:timers/promises';
import { expect } from 'vitest';
import { until } from '../../support/waiting.ts';
import type { RealClient, Session } from './client.ts';
import { type RecordedRequest, scopesOf } from './requests.ts';
import type { World } from './world.ts';

/** What a client does, in the words of the table in docs/clients.md. */
export interface Conduct {
  readonly client: string;
  readonly version: string;
  /** The newest protocol version that it speaks with the server. */
  readonly protocol: string;
  /** How it identifies itself to the authorization server. */
  readonly identity: string;
  /** What it asks for at first. */
  readonly scopes: string;
  /** What it does if a tool needs another scope. */
  readonly stepUp: string;
  /** What it does with a token that has expired, without a refresh token. */
  readonly expiry: string;
}

/** What a client does next if its token is not sufficient. */
const outcomes = {
  asks: 'asks the person, then goes on',
  asksAndForgets: 'asks the person; the call has to be made again',
  asksInVain: 'asks the person, in vain; works after a new sign-in',
  fails: 'the call fails; works after a new sign-in',
} as const;

const allTools = ['create_todo', 'delete_todo', 'get_todo', 'list_todos', 'update_todo'];

function protocolOf(requests: readonly RecordedRequest[]): string {
  const versions = requests
    .filter(({ authorized, status }) => authorized && status === 200)
    .map(({ protocolVersion, body }) => String(protocolVersion ?? body?.protocolVersion ?? ''));
  return versions.sort().at(-1) ?? '';
}

function identityOf(world: World): string {
  const clientId = String(world.asked[0]?.query?.client_id);
  if (clientId.startsWith('https://')) return `document \`${clientId}\``;
  expect(clientId).toMatch(/^m2m_\d+$/);
  return 'registers itself';
}

/** A tool that needs another scope is called. @returns how it came to be called after all. */
async function stepUp(world: World, session: Session): Promise<string> {
  const before = world.asked.length;
  const create = () => session.call('create_todo', { title: 'Try a step-up' });
  const first = await create();
  const refused = await until('the refusal', () => world.server.find(({ status }) => status === 403));
  expect(refused.body).toMatchObject({ method: 'tools/call', tool: 'create_todo' });
  expect(refused.challenge).toContain('scope="todo:read todo:write"');
  if (first.ok) {
    // Once by the person's browser; FastMCP looks at the page by itself before it opens one.
    expect(world.asked.length).toBeGreaterThan(before);
    return outcomes.asks;
  }
  const hasAsked = world.asked.length > before;
  if (hasAsked && (await create()).ok) return outcomes.asksAndForgets;
  await session.signInAgain();
  expect(await create()).toMatchObject({ ok: true });
  return hasAsked ? outcomes.asksInVain : outcomes.fails;
}

/** From the first connection to a tool call with the scope that was refused at first. */
export async function firstMinute(world: World, client: RealClient): Promise<Omit<Conduct, 'expiry'>> {
  await world.wishes({ grants: ['todo:read'] });
  const session = await client.open(await world.home('person'), { endpoint: world.endpoint });
  try {
    expect([...(await session.tools())].sort()).toEqual(allTools);
    expect(await session.call('list_todos')).toMatchObject({ ok: true });
    const visit = await until('the person is back', () => world.visits[0]);
    expect(visit).toMatchObject({ status: 200, callbackStatus: 200 });
    const [first] = world.asked;
    await world.wishes({});
    return {
      client: client.name,
      version: client.version,
      identity: identityOf(world),
      scopes: scopesOf(first?.query ?? {}).join(' '),
      stepUp: await stepUp(world, session),
      protocol: protocolOf(world.server),
    };
  } finally {
    await session.close();
  }
}

/** Waits until the newest token has expired. */
export async function untilExpired(world: World, lifetime: number): Promise<void> {
  const issued = world.scalekit.filter(({ path, status }) => path.endsWith('/token') && status === 200);
  const last = issued.at(-1)?.time ?? 0;
  await delay(Math.max(0, last + (lifetime + 1) * 1000 - Date.now()));
}

/** Lifetimes, in seconds, of a token that is to expire. If a client takes longer to sign in and call once, the next applies. */
const lifetimes = [5, 20, 60, 120];

/**
 * A token expires, and no refresh token is at hand.
 * @returns what the client does next; undefined if tokens expire before the client has used them once.
 */
async function expiryOf(world: World, session: Session, lifetime: number): Promise<string | undefined> {
  const call = async () => (await session.call('list_todos')).ok;
  if (!(await call())) return undefined;
  await untilExpired(world, lifetime);
  const before = world.asked.length;
  const isDone = await call();
  const hasAsked = world.asked.length > before;
  if (isDone) {
    expect(hasAsked).toBe(true);
    return outcomes.asks;
  }
  if (hasAsked) {
    // The new token may also have expired before the client used it: a longer lifetime tells.
    const isCertain = lifetime > (lifetimes[0] ?? 0);
    return isCertain && (await call()) ? outcomes.asksAndForgets : undefined;
  }
  await session.signInAgain();
  return (await call()) ? outcomes.fails : undefined;
}

/** See `expiryOf`; with the shortest lifetime that this client on this machine can work with. */
export async function expiry(world: World, client: RealClient): Promise<string> {
  const { early = 0 } = client;
  await world.configure({ tokenLifetime: early + (lifetimes[0] ?? 0) });
  const session = await client.open(await world.home('person'), { endpoint: world.endpoint });
  try {
    for (const lifetime of lifetimes) {
      await world.configure({ tokenLifetime: early + lifetime });
      if (lifetime !== lifetimes[0]) await session.signInAgain();
      const found = await expiryOf(world, session, lifetime);
      if (found !== undefined) return found;
    }
    throw new Error(`${client.name} did not get through a call, sign-in included, in ${lifetimes.at(-1)} s`);
  } finally {
    await session.close();
  }
}
