import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { allChecks } from '../../src/doctor/checks/index.ts';
import { diagnose } from '../../src/doctor/diagnose.ts';
import type { Facts } from '../../src/doctor/facts.ts';
import { sideNames, stepNames } from '../../src/doctor/report/words.ts';
import { everything } from '../../src/doctor/selection.ts';
import { codes, isCode, pageOf, textOf } from '../../src/doctor/texts/index.ts';
import { table } from './fixtures/index.ts';
import { unreachableCases } from './fixtures/scalekit-answers.ts';
import { healthy, world } from './fixtures/world.ts';

/** Each code that is found, once, and each that crashed, which is never right. */
function codesOf(facts: Facts): readonly string[] {
  const { results } = diagnose(facts, { selection: everything, failOn: 'error' });
  const found = results.filter(({ state }) => state === 'found').map(({ code }) => code);
  const crashed = results.filter(({ state }) => state === 'crashed').map(({ code }) => `${code} crashed`);
  return [...new Set([...found, ...crashed])].sort();
}

describe('every code', () => {
  test('has at least one case in which it is found, and one in which it is not', () => {
    const covered = codes.filter((code) => table[code]?.found.length && table[code].fine.length);
    expect(codes.filter((code) => code !== 'SKM201' && !covered.includes(code))).toEqual([]);
    expect(Object.keys(table).filter((code) => !isCode(code))).toEqual([]);
  });

  test('belongs to one check, or to the ignores', () => {
    const fromChecks = allChecks.map(({ code }) => code);
    expect(new Set(fromChecks).size).toBe(fromChecks.length);
    expect([...fromChecks, 'SKM191', 'SKM192'].sort()).toEqual(codes);
  });

  test.each(codes)('%s has a page that begins with its title and says what to do', (code) => {
    expect(existsSync(pageOf(code))).toBe(true);
    const page = readFileSync(pageOf(code), 'utf8');
    expect(page.split('\n')[0]).toBe(`# ${code}: ${textOf(code).title}`);
    const { level, step, side } = textOf(code);
    const line = `*${level} · ${stepNames[step]} · to be mended ${sideNames[side]}*`;
    expect(page.split('\n')[2]?.replaceAll('`', '').toLowerCase()).toBe(
      line.replaceAll('’', "'").toLowerCase(),
    );
    for (const heading of ['## What it means', '## What to do', '## How the doctor knows'])
      expect(page).toContain(heading);
  });

  test.each(codes)('%s is told in sentences', (code) => {
    const { title, holds, why, fix } = textOf(code);
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
  describe(`${code} ${textOf(code).title}`, () => {
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
