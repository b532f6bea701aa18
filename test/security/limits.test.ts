import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { modern } from './attack/cases/scopes.ts';
import { compose } from './attack/compose.ts';
import { judgeAlways } from './attack/judge.ts';
import { kitFor } from './attack/run.ts';
import type { Attack } from './attack/types.ts';
import { headerOf, lastAnswer, send, type WireAnswer } from './attack/wire.ts';
import { advance, movableClock } from './clock.ts';
import { makeProject } from './project.ts';
import { type Ground, prepareGround } from './server.ts';

let project: string;
let ground: Ground;

beforeAll(async () => {
  project = await makeProject('todo');
});
afterEach(() => ground?.close());

const start = async (env: Readonly<Record<string, string>>) => {
  ground = await prepareGround(project, { env: { CLOCK_STEP: '61', ...env }, altered: movableClock });
};

const kit = () => kitFor(ground.target, ground.source, '', 'limits', []);

/** Sends an attack several times, and judges each answer by the rules for all answers. */
async function times(count: number, attack: () => Attack | Promise<Attack>): Promise<readonly WireAnswer[]> {
  const answers: WireAnswer[] = [];
  for (let i = 0; i < count; i += 1) {
    const answer = lastAnswer(
      await send(
        ground.target.peer,
        compose(ground.target, await attack(), kit().call(ground.target.readTool)),
      ),
    );
    expect(judgeAlways(ground.target, answer)).toEqual([]);
    answers.push(answer);
  }
  return answers;
}

const statuses = (answers: readonly WireAnswer[]) => answers.map(({ status }) => status);
const tokenOf = (sub: string) => ground.source.forge.token({ claims: { sub } });
const bad = (): Attack => ({ token: ground.source.forge.forged() });

describe('tool calls', () => {
  test('are limited by subject: 429 with Retry-After, whatever the token, without affecting others', async () => {
    await start({ TOOL_CALLS_PER_MINUTE: '5' });
    // A new token each time: the count is the subject's.
    expect(statuses(await times(5, () => ({ token: tokenOf('usr_1') })))).toEqual([200, 200, 200, 200, 200]);
    const [refused] = await times(1, () => ({ token: tokenOf('usr_1') }));
    expect(refused?.status).toBe(429);
    const wait = Number(headerOf(refused as WireAnswer, 'retry-after'));
    expect(wait).toBeGreaterThan(0);
    expect(wait).toBeLessThanOrEqual(60);
    expect(statuses(await times(1, () => ({ token: tokenOf('usr_2') })))).toEqual([200]);
    await advance(ground.server);
    expect(statuses(await times(1, () => ({ token: tokenOf('usr_1') })))).toEqual([200]);
  });

  test('are limited in the protocol of 2026-07-28 too, and both eras share one count', async () => {
    await start({ TOOL_CALLS_PER_MINUTE: '2' });
    const token = tokenOf('usr_1');
    const call = () => ({ ...modern(kit(), ground.target.readTool), token });
    expect(statuses(await times(2, call))).toEqual([200, 200]);
    expect(statuses(await times(1, call))).toEqual([429]);
    expect(statuses(await times(1, () => ({ token })))).toEqual([429]);
  });

  test('that were refused for their scope count, too, so trying names is limited', async () => {
    await start({ TOOL_CALLS_PER_MINUTE: '3' });
    const token = ground.source.forge.token({ claims: { sub: 'usr_1', scope: '' } });
    expect(statuses(await times(4, () => ({ token })))).toEqual([403, 403, 403, 429]);
  });

  test('by the same subject through the other issuer count together', async () => {
    await start({ TOOL_CALLS_PER_MINUTE: '2' });
    const [environment, resource] = ground.target.issuers;
    const token = (iss: string) => ground.source.forge.token({ claims: { sub: 'usr_1', iss } });
    expect(statuses(await times(1, () => ({ token: token(environment) })))).toEqual([200]);
    expect(statuses(await times(1, () => ({ token: token(resource) })))).toEqual([200]);
    expect(statuses(await times(1, () => ({ token: token(environment) })))).toEqual([429]);
  });

  test('are not limited below hundreds a minute by default', async () => {
    await start({});
    expect(new Set(statuses(await times(100, () => ({ token: tokenOf('usr_1') }))))).toEqual(new Set([200]));
  });
});

describe('refused tokens', () => {
  test('are limited by address: 429 with Retry-After, while good tokens from there are still accepted', async () => {
    await start({ REFUSED_TOKENS_PER_MINUTE: '4' });
    expect(statuses(await times(6, bad))).toEqual([401, 401, 401, 401, 429, 429]);
    expect(statuses(await times(1, () => ({ token: tokenOf('usr_1') })))).toEqual([200]);
    // A client without a token is sent to get one.
    expect(statuses(await times(1, () => ({})))).toEqual([401]);
    await advance(ground.server);
    expect(statuses(await times(1, bad))).toEqual([401]);
  });

  test('are counted by the real address, whatever X-Forwarded-For says', async () => {
    await start({ REFUSED_TOKENS_PER_MINUTE: '3' });
    let next = 0;
    const elsewhere = (): Attack => {
      next += 1;
      const address = `203.0.113.${next}`;
      return {
        ...bad(),
        headers: { 'X-Forwarded-For': address, 'X-Real-IP': address, Forwarded: `for=${address}` },
      };
    };
    expect(statuses(await times(5, elsewhere))).toEqual([401, 401, 401, 429, 429]);
  });

  test('behind one proxy are counted by the address that the proxy saw, not by what the client claims', async () => {
    await start({ REFUSED_TOKENS_PER_MINUTE: '2', TRUSTED_PROXIES: '1' });
    const through = (forwarded: string) => (): Attack => ({
      ...bad(),
      headers: { 'X-Forwarded-For': forwarded },
    });
    expect(statuses(await times(2, through('203.0.113.1')))).toEqual([401, 401]);
    expect(statuses(await times(1, through('198.51.100.9, 203.0.113.1')))).toEqual([429]);
    expect(statuses(await times(1, through('203.0.113.1, 203.0.113.2')))).toEqual([401]);
  });
});
