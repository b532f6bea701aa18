import { randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { toolCall } from '../../support/messages.ts';
import { casesFor } from './cases/index.ts';
import { compose } from './compose.ts';
import { expectationOf, judge } from './judge.ts';
import type { TokenSource } from './sources.ts';
import { withTools } from './target.ts';
import type { Attack, AttackCase, Kit, Target } from './types.ts';
import { type Exchange, headerOf, lastAnswer, send } from './wire.ts';

/** The outcome of one case. */
export interface Outcome {
  readonly case: AttackCase;
  /** Why it was not sent. */
  readonly skipped?: string;
  readonly exchange?: Exchange;
  /** Empty if the server held. */
  readonly complaints: readonly string[];
  /** Every token that was sent, for a look into the server's log. */
  readonly tokens: readonly string[];
}

/** @returns what is wrong with the answers, a text for each case that has something. */
export function complaintsOf(outcomes: readonly Outcome[]): readonly string[] {
  return outcomes
    .filter(({ complaints }) => complaints.length > 0)
    .map(({ case: { id, title }, exchange, complaints }) => {
      const answer = JSON.stringify(exchange && lastAnswer(exchange))?.slice(0, 600);
      return `${id} (${title}): ${complaints.join('; ')}\n    ${answer}`;
    });
}

export interface RunOptions {
  readonly cases?: readonly AttackCase[];
  /** Cases that take seconds by their nature. Default true. */
  readonly slow?: boolean;
  /** How many quick cases at a time. Default 4. */
  readonly concurrency?: number;
  readonly onOutcome?: (outcome: Outcome) => void;
}

/** A call's text that can be searched for afterwards, different in each run. */
const thisRun = randomBytes(4).toString('hex');
const marker = (id: string): string => `attack-marker ${thisRun} ${id}`;

/** Listens at a URL that only tokens name: a server that sends a request there has followed it. */
async function setTrap(): Promise<{
  url: string;
  knocks: () => readonly string[];
  close: () => Promise<void>;
}> {
  const knocks: string[] = [];
  const server = createServer((request, response) => {
    knocks.push(request.url ?? '');
    response.end('{"keys":[]}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    knocks: () => knocks,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

/** @param tokens collects every good token that is handed out. */
export function kitFor(target: Target, source: TokenSource, trap: string, id: string, tokens: string[]): Kit {
  return {
    target,
    forge: source.forge,
    trap,
    async token(scopes = target.scopes) {
      if (!source.token) throw new Error('There is no good token.');
      const token = await source.token(scopes);
      tokens.push(token);
      return token;
    },
    call(tool = target.writeTool, args = tool.arguments(marker(id))) {
      return JSON.stringify(toolCall(tool.name, args));
    },
  };
}

function whySkipped(attackCase: AttackCase, target: Target, source: TokenSource): string | undefined {
  if (attackCase.needs === 'key' && !source.forge.hasKey) return 'needs --token-key';
  if (attackCase.needs === 'token' && !source.token) return 'needs a good token';
  if (/^scope/.test(attackCase.id) && target.writeTool.scope === '') return 'needs a tool that writes';
  return undefined;
}

const pause = (seconds: number) => new Promise((resolve) => setTimeout(resolve, seconds * 1000));

/** Sends one attack; a server that asks us to come back later (429) is asked again, twice at most. */
async function sendPatiently(kit: Kit, attack: Attack, mayBeLimited: boolean): Promise<Exchange> {
  const bytes = compose(kit.target, attack, kit.call());
  for (let attempt = 0; ; attempt += 1) {
    const exchange = await send(kit.target.peer, bytes, attack.send);
    const answer = lastAnswer(exchange);
    if (answer.status !== 429 || mayBeLimited || attempt === 2 || attack.send?.more) return exchange;
    await pause(Math.min(Number(headerOf(answer, 'retry-after') ?? 1), 61));
  }
}

/** Sends one case and judges the answer. */
async function runCase(
  attackCase: AttackCase,
  target: Target,
  source: TokenSource,
  trap: string,
): Promise<Outcome> {
  const tokens: string[] = [];
  const skipped = whySkipped(attackCase, target, source);
  if (skipped !== undefined) return { case: attackCase, skipped, complaints: [], tokens };
  const kit = kitFor(target, source, trap, attackCase.id, tokens);
  const expect = expectationOf(attackCase, kit);
  try {
    const attack = await attackCase.attack(kit);
    if (attack.token !== undefined) tokens.push(attack.token);
    const exchange = await sendPatiently(kit, attack, [expect.status].flat().includes(429));
    return { case: attackCase, exchange, complaints: judge(kit, expect, attack, exchange), tokens };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { case: attackCase, complaints: [`could not be sent: ${message}`], tokens };
  }
}

/** Runs a function over items in their order, several at a time. */
async function inLanes<T>(
  items: readonly T[],
  lanes: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const queue = items.values();
  await Promise.all(
    Array.from({ length: lanes }, async () => {
      for (const item of queue) await work(item);
    }),
  );
}

/** Nothing that was refused may have left a trace: looks for the markers of all calls that should not have run. */
async function findTraces(
  target: Target,
  source: TokenSource,
  outcomes: readonly Outcome[],
): Promise<Map<string, string>> {
  const traces = new Map<string, string>();
  if (!source.token || target.readTool.name !== 'list_todos') return traces;
  const kit = kitFor(target, source, '', 'traces', []);
  const attack: Attack = { token: await kit.token(), body: kit.call(target.readTool) };
  const { body } = lastAnswer(await send(target.peer, compose(target, attack, '')));
  for (const { case: attackCase, exchange } of outcomes) {
    const refused = exchange && lastAnswer(exchange).status >= 400;
    if (refused && body.includes(`"${marker(attackCase.id)}`))
      traces.set(attackCase.id, 'it was refused, and executed all the same');
  }
  return traces;
}

/**
 * Sends every case to a server.
 * @returns the outcomes in the order of the cases.
 */
export async function attack(
  target: Target,
  source: TokenSource,
  options: RunOptions = {},
): Promise<readonly Outcome[]> {
  const known = source.token ? await withTools(target, await source.token(target.scopes)) : target;
  const cases = (options.cases ?? casesFor(known)).filter(({ slow }) => options.slow !== false || !slow);
  const trap = await setTrap();
  const outcomes = new Map<string, Outcome>();
  const work = async (attackCase: AttackCase) => {
    const outcome = await runCase(attackCase, known, source, trap.url);
    outcomes.set(attackCase.id, outcome);
    options.onOutcome?.(outcome);
  };
  try {
    const slow = cases.filter((attackCase) => attackCase.slow);
    const quick = cases.filter((attackCase) => !attackCase.slow);
    await Promise.all([inLanes(slow, slow.length, work), inLanes(quick, options.concurrency ?? 4, work)]);
    const inOrder = cases.flatMap(({ id }) => outcomes.get(id) ?? []);
    const traces = await findTraces(known, source, inOrder);
    const knocked = trap.knocks();
    return inOrder.map((outcome) => {
      const more = [
        ...(traces.get(outcome.case.id) ? [traces.get(outcome.case.id) ?? ''] : []),
        ...(knocked.length > 0 && outcome.case.id.startsWith('carried-key/')
          ? [`someone fetched ${knocked.join(', ')} from the address in a token`]
          : []),
      ];
      return more.length > 0 ? { ...outcome, complaints: [...outcome.complaints, ...more] } : outcome;
    });
  } finally {
    await trap.close();
  }
}
