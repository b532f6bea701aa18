import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { allChecks } from '../../src/doctor/checks/list.ts';
import { codes, isCode, wordsOf } from '../../src/doctor/codes.ts';
import { diagnose } from '../../src/doctor/diagnose.ts';
import type { Facts } from '../../src/doctor/facts/index.ts';
import { type Release, releases } from '../../src/doctor/releases.ts';
import { everything } from '../../src/doctor/selection.ts';
import { table } from './fixtures/index.ts';
import { unreachableCases } from './fixtures/scalekit-answers.ts';
import { frontCases, openedAs, opennessCases } from './fixtures/server-front.ts';
import { answer, everyCall, healthy, world } from './fixtures/world.ts';

/** Releases to come: a security fix in 0.2.1, another fix in 0.3.0. */
const releasesToCome: readonly Release[] = [
  { version: '0.3.0', changes: [{ part: 'server', kind: 'fix', what: 'A slow reader is cut off' }] },
  {
    version: '0.2.1',
    changes: [{ part: 'server', kind: 'security', what: 'A key that is gone is refused' }],
  },
  { version: '0.2.0', changes: [{ part: 'tool', kind: 'security', what: 'Not the server’s' }] },
];

// Other test files run in the same process, so the list is put back; `vi.mock` would stay.
const list = releases as Release[];
const real = [...list];
beforeAll(() => void list.splice(0, list.length, ...releasesToCome));
afterAll(() => void list.splice(0, list.length, ...real));

/** Each code that is found, once, and each check that crashed, which is never right. */
function codesOf(facts: Facts): readonly string[] {
  const { results } = diagnose(facts, { selection: everything, failOn: 'error' });
  const all = results.flatMap((result) => [result, ...(result.consequences ?? [])]);
  const found = all.filter(({ state }) => state === 'found').map(({ code }) => code);
  const crashed = results.filter(({ state }) => state === 'crashed').map(({ code }) => `${code} crashed`);
  return [...new Set([...found, ...crashed])].sort();
}

describe('every code', () => {
  test('has at least one case in which it is found, and one in which it is not', () => {
    const covered = codes.filter((code) => table[code]?.found.length && table[code].fine.length);
    expect(codes.filter((code) => !['SKM201', 'SKM349'].includes(code) && !covered.includes(code))).toEqual(
      [],
    );
    expect(Object.keys(table).filter((code) => !isCode(code))).toEqual([]);
  });

  test('belongs to one check', () => {
    expect(new Set(codes).size).toBe(allChecks.length);
  });

  test.each(codes)('%s is told in sentences', (code) => {
    const { title, holds, why, fix } = wordsOf(code);
    for (const sentence of [title, holds]) expect(sentence).toMatch(/^[A-Z@].*[^.]$/);
    for (const sentence of [why, fix]) expect(sentence).toMatch(/^[A-Z].*\S$/s);
    expect(title).not.toBe(holds);
  });
});

test('a healthy project has no finding at all', () => {
  expect(codesOf(healthy)).toEqual([]);
  expect(diagnose(healthy, { selection: everything, failOn: 'warning' }).exitCode).toBe(0);
});

for (const code of codes.filter((each) => table[each] !== undefined)) {
  const cases = table[code] ?? { found: [], fine: [] };
  describe(`${code} ${wordsOf(code).title}`, () => {
    test.each(cases.found)('is found: $name', ({ change, also = [] }) => {
      expect(codesOf(world(change))).toEqual([code, ...also].sort());
    });

    test.each(cases.fine)('is not found: $name', ({ change, also = [] }) => {
      expect(codesOf(world(change))).toEqual([...also].sort());
    });
  });
}

describe('SKM201 Scalekit does not answer', () => {
  test.each(unreachableCases)('could not be checked: $name', ({ change }) => {
    const { results, exitCode } = diagnose(world(change), { selection: everything, failOn: 'error' });
    expect(results.find(({ code }) => code === 'SKM201')?.state).toBe('unreachable');
    expect(results.filter(({ state }) => state === 'found')).toEqual([]);
    expect(exitCode).toBe(3);
  });
});

describe('a server that answers the first message to everybody', () => {
  test.each(opennessCases)('$name', (row) => {
    expect(codesOf(world((each) => openedAs(each, row)))).toEqual([...row.codes]);
  });
});

describe('SKM349 The server was asked too often', () => {
  test('could not be checked, and nothing is said about the token check', () => {
    const facts = world((each) =>
      everyCall(each, answer(each.server.endpoint, 429, { headers: { 'retry-after': '30' } })),
    );
    const { results } = diagnose(facts, { selection: everything, failOn: 'error' });
    expect(results.find(({ code }) => code === 'SKM349')).toMatchObject({
      state: 'unreachable',
      detail: expect.stringContaining('30 s'),
    });
  });
});

describe('what follows from something in front of the server', () => {
  test.each(
    Object.entries(frontCases).flatMap(([code, { found }]) => found.map((row) => ({ code, ...row }))),
  )('$code comes first and alone is an error: $name', ({ code, change }) => {
    const { results, exitCode } = diagnose(world(change), { selection: everything, failOn: 'error' });
    expect(results[0]).toMatchObject({ code, state: 'found', level: 'error' });
    expect(results.filter(({ state, level }) => state === 'found' && level === 'error')).toHaveLength(1);
    expect(exitCode).toBe(1);
  });
});
