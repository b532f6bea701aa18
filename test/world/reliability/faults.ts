import { callTool, type ListedTodo } from '../../support/tool-calls.ts';
import { until } from '../../support/waiting.ts';
import { callsPerMinute, type Replica, type Site } from './site.ts';
import type { Load } from './users.ts';

/** In ms: time for what takes a second on an idle machine. */
const patience = 60_000;

export const users = 6;

/** What happens to the site while its users go on working. */
export interface Fault {
  readonly name: string;
  /** The fault in the words of the report. */
  readonly what: string;
  /**
   * Causes it, and returns once everything is as before.
   * @returns when a process was killed: the calls that it had then may fail.
   */
  inject(site: Site, load: Load, round: number): Promise<Killed | undefined>;
}

export interface Killed {
  readonly from: number;
  readonly to: number;
}

/** Waits for a number of further answers. */
async function more(load: Load, howMany: number): Promise<void> {
  const goal = load.calls.length + howMany;
  await until(`${howMany} more answers`, () => load.calls.length >= goal, patience);
}

/** Starts a replica, and waits until nginx sends it calls again. */
async function bringBack(replica: Replica): Promise<void> {
  await replica.start();
  const hasCalls = () => replica.log.some(({ event }) => event === 'call');
  await until('the new replica gets calls', hasCalls, patience);
}

async function roll(replica: Replica): Promise<void> {
  await replica.drain();
  await bringBack(replica);
}

export const faults: readonly Fault[] = [
  {
    name: 'a replica is killed',
    what: '`kill -9` of one of the three; it is started again 50 answers later',
    async inject(site, load, round) {
      const replica = site.replica(round);
      const from = performance.now();
      replica.program.child.kill('SIGKILL');
      await replica.program.ended();
      const to = performance.now();
      await more(load, 50);
      await bringBack(replica);
      return { from, to };
    },
  },
  {
    name: 'Postgres restarts',
    what: 'stopped, in turn in good order (`SIGINT`) and at once (`SIGQUIT`), and started again',
    async inject(site, load, round) {
      await site.postgres.stop(round % 2 === 0 ? 'SIGINT' : 'SIGQUIT');
      await site.postgres.restart();
      await more(load, 50);
      return undefined;
    },
  },
  {
    name: 'Redis restarts',
    what: '`kill -9`; 50 answers later it is started again, empty, and the replicas count together again',
    async inject(site, load) {
      const said = site.replicas.map(({ program }) => program.stderr.length);
      const saysNow = (event: string) =>
        site.replicas.every(({ program }, index) => program.stderr.slice(said[index]).includes(event));
      await site.killRedis();
      await until('all replicas count for themselves', () => saysNow('"limits_not_shared"'), patience);
      await more(load, 50);
      await site.startRedis();
      await until('all replicas count together', () => saysNow('"limits_shared"'), patience);
      return undefined;
    },
  },
  {
    name: 'a replica is drained',
    what: '`SIGTERM`; it ends with 0 and is started again',
    async inject(site, _load, round) {
      await roll(site.replica(round + 1));
      return undefined;
    },
  },
  {
    name: 'the signing key is rotated',
    what: 'Scalekit signs with a new key, and all clients renew their tokens 20 answers later; the old key stays published',
    async inject(site, load) {
      await site.scalekit.rotateKeys({ keepOld: true });
      await more(load, 20);
      await load.renew(users, (subject) => site.scalekit.mint({ subject }));
      await more(load, 50);
      return undefined;
    },
  },
  {
    name: 'all replicas are replaced',
    what: 'one after the other: `SIGTERM`, the next one is started, and has calls before the following one goes',
    async inject(site) {
      for (const replica of site.replicas) await roll(replica);
      return undefined;
    },
  },
];

/** How many calls all replicas together let one user make within a minute. */
export interface Probe {
  readonly sent: number;
  readonly passed: number;
  readonly refused: number;
}

/** Has a new user call more often than a minute allows, through nginx. @throws Error if it takes longer than the minute. */
export async function probeLimits(site: Site, user: string): Promise<Probe> {
  const token = await site.scalekit.mint({ subject: user });
  const sent = callsPerMinute + 150;
  const answers: Array<number | undefined> = [];
  const start = performance.now();
  let next = 0;
  const lane = async () => {
    while (next < sent) {
      next += 1;
      const { status } = await callTool<{ todos: ListedTodo[] }>(site.endpoint, token, 'list_todos');
      answers.push(status);
    }
  };
  await Promise.all(Array.from({ length: 8 }, lane));
  if (performance.now() - start > 60_000) throw new Error(`${sent} calls took longer than a minute`);
  const count = (status: number) => answers.filter((each) => each === status).length;
  return { sent, passed: count(200), refused: count(429) };
}
