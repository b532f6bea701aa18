import { until } from '../../support/waiting.ts';
import { type Fault, faults, type Killed, type Probe, probeLimits, users } from './faults.ts';
import { callsPerMinute, Site } from './site.ts';
import { type Balance, type Failure, Load } from './users.ts';

/** What one fault did to the users, over all rounds. */
export interface Outcome {
  readonly fault: Fault;
  readonly rounds: number;
  readonly calls: number;
  /** Calls that the killed process was handling. */
  readonly inFlight: number;
  readonly failures: readonly Failure[];
  /** In ms: the slowest of a hundred while it lasted, in the worst round. */
  readonly p99: number;
  /** In ms: from its end until the slowest of a hundred was as before, in the worst round. */
  readonly recovery: number;
}

export interface FaultRun {
  readonly seconds: number;
  readonly users: number;
  readonly calls: number;
  /** In ms: the slowest of a hundred before the first fault. */
  readonly baseline: number;
  /** In ms: what counts as recovered. */
  readonly recovered: number;
  readonly outcomes: readonly Outcome[];
  readonly probes: readonly Probe[];
  readonly balance: Balance;
  /** Failures outside of any fault, and answers that were wrong. */
  readonly wrong: readonly string[];
}

/** From how many answers the p99 is calculated. */
const window = 150;
const patience = 60_000;

function p99(calls: Load['calls']): number {
  const sorted = calls.map(({ milliseconds }) => milliseconds).sort((a, b) => a - b);
  return sorted[Math.ceil(sorted.length * 0.99) - 1] ?? 0;
}

const since = (load: Load, time: number) => load.calls.filter(({ startedAt }) => startedAt >= time);

/** Waits for a number of answers to calls that begin after this. @returns their p99. */
async function measured(load: Load): Promise<number> {
  const start = performance.now();
  await until(`${window} answers`, () => since(load, start).length >= window, patience);
  return p99(since(load, start));
}

const wasInFlight = (killed: Killed | undefined, { startedAt, endedAt }: Failure) =>
  killed !== undefined && startedAt <= killed.to && endedAt >= killed.from;

async function injectOnce(site: Site, load: Load, fault: Fault, round: number, recovered: number) {
  const [from, known] = [performance.now(), load.failures.length];
  const killed = await fault.inject(site, load, round);
  const to = performance.now();
  const hasRecovered = () => {
    const recent = since(load, to).slice(-window);
    return recent.length === window && p99(recent) <= recovered;
  };
  await until(`p99 of ${recovered} ms after: ${fault.name}`, hasRecovered, patience);
  const recovery = performance.now() - to;
  const calls = since(load, from).filter(({ startedAt }) => startedAt < to);
  const failures = load.failures.slice(known);
  const inFlight = failures.filter((failure) => wasInFlight(killed, failure));
  return {
    calls: calls.length,
    p99: p99(calls),
    recovery,
    inFlight: inFlight.length,
    failures: failures.filter((failure) => !inFlight.includes(failure)),
  };
}

async function inject(site: Site, load: Load, fault: Fault, rounds: number, recovered: number) {
  const results: Array<Awaited<ReturnType<typeof injectOnce>>> = [];
  for (let round = 0; round < rounds; round += 1)
    results.push(await injectOnce(site, load, fault, round, recovered));
  const sum = (of: 'calls' | 'inFlight') => results.reduce((total, result) => total + result[of], 0);
  return {
    fault,
    rounds,
    calls: sum('calls'),
    inFlight: sum('inFlight'),
    failures: results.flatMap(({ failures }) => failures),
    p99: Math.max(...results.map((result) => result.p99)),
    recovery: Math.max(...results.map((result) => result.recovery)),
  };
}

/**
 * Runs the site under load, and injects every fault. `complaintsOf` judges the result.
 * @param rounds how often each fault is injected.
 * @throws Error if something does not recover within a minute.
 */
export async function runFaults(rounds: number, say: (text: string) => void = () => {}): Promise<FaultRun> {
  const site = await Site.open();
  const mint = (subject: string) => site.scalekit.mint({ subject });
  try {
    const probes = [await probeLimits(site, 'usr_3000001')];
    const start = performance.now();
    const load = await Load.start(site.endpoint, users, mint);
    await measured(load);
    const baseline = await measured(load);
    const recovered = Math.max(5 * baseline, 250);
    const outcomes: Outcome[] = [];
    for (const fault of faults) {
      say(`${fault.name} …`);
      outcomes.push(await inject(site, load, fault, rounds, recovered));
    }
    await load.stop();
    const seconds = (performance.now() - start) / 1000;
    probes.push(await probeLimits(site, 'usr_3000002'));
    const inFaults = new Set(outcomes.flatMap(({ failures }) => failures));
    const allowed = outcomes.reduce((sum, { inFlight }) => sum + inFlight, 0);
    const outside = load.failures.filter((failure) => !inFaults.has(failure)).length - allowed;
    return {
      seconds,
      users,
      calls: load.calls.length,
      baseline,
      recovered,
      outcomes,
      probes,
      balance: await load.balance(site.endpoint, mint),
      wrong: [...load.wrong, ...(outside > 0 ? [`${outside} calls failed while nothing happened`] : [])],
    };
  } finally {
    await site.close();
  }
}

/** @returns what must not have happened; nothing if the site held. */
export function complaintsOf(run: FaultRun): readonly string[] {
  const { balance, outcomes, probes, wrong } = run;
  return [
    ...outcomes.flatMap(({ fault, failures }) =>
      failures.map(({ user, call, message }) => `${fault.name}: ${call} of ${user} failed: ${message}`),
    ),
    ...outcomes
      .filter(({ inFlight, rounds }) => inFlight > rounds * run.users)
      .map(({ fault, inFlight }) => `${fault.name}: ${inFlight} calls cannot have been in flight`),
    ...balance.missing.map((todo) => `acknowledged and gone: ${todo}`),
    ...balance.unexpected.map((todo) => `there, and nobody knows why: ${todo}`),
    ...balance.foreign,
    ...wrong,
    ...probes
      .filter(({ passed, refused, sent }) => passed !== callsPerMinute || passed + refused !== sent)
      .map((probe) => `the limit of ${callsPerMinute} was not kept: ${JSON.stringify(probe)}`),
  ];
}
