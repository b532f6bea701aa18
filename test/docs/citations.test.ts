import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, test } from 'vitest';
import { switches } from '../../src/emulator/switches.ts';
import { repository } from '../support/repository.ts';

const read = (file: string) => readFileSync(join(repository, file), 'utf8');

/** Every file that may cite a page. Templates may not, since generated projects do not have this repository's pages. */
const files = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
  cwd: repository,
  encoding: 'utf8',
})
  .split('\n')
  .filter((file) => /\.(?:ts|js|md|hbs|py)$/.test(file) && !/^(?:test\/snapshots|templates)\//.test(file))
  .filter((file) => existsSync(join(repository, file)));

/** @returns the name that GitHub gives a heading in a link. */
function anchor(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
    .trim()
    .replaceAll(/\s/g, '-');
}

const anchorsOf = (page: string) =>
  [...read(page).matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) => anchor(heading));

/** What is wrong with a reference to a page, or nothing. */
function problem(page: string, section: string | undefined): string | undefined {
  if (!existsSync(join(repository, page))) return `there is no ${page}`;
  if (section !== undefined && !anchorsOf(page).includes(section))
    return `${page} has no section #${section}`;
  return undefined;
}

describe('what comments and pages cite exists', () => {
  test('pages, with their sections', () => {
    const cited = files.flatMap((file) =>
      [...read(file).matchAll(/(?<![\w./-])(docs\/(?!doctor\/SKMnnn)[\w/-]+\.md)(?:#([\w-]+))?/g)].map(
        ([, page = '', section]) => ({ file, problem: problem(page, section) }),
      ),
    );
    expect(cited.length).toBeGreaterThan(40);
    expect(cited.filter((each) => each.problem !== undefined)).toEqual([]);
  });

  test('links between pages', () => {
    const pages = files.filter((file) => file.endsWith('.md'));
    const links = pages.flatMap((file) =>
      [...read(file).matchAll(/\]\((?!\w+:)([^)#\s]*)(?:#([\w-]+))?\)/g)].map(([, path = '', section]) => ({
        file,
        problem: problem(path === '' ? file : normalize(join(dirname(file), path)), section),
      })),
    );
    expect(links.length).toBeGreaterThan(10);
    expect(links.filter((each) => each.problem !== undefined)).toEqual([]);
  });
});

test('no file holds the marks of an unresolved merge', () => {
  expect(files.filter((file) => /^(?:<{7}|>{7}) /m.test(read(file)))).toEqual([]);
});

describe('docs/scalekit.md', () => {
  const rows = read('docs/scalekit.md')
    .split('\n')
    .filter((line) => line.startsWith('| ') && !/^\| (?:question|number|grade) /.test(line))
    .map((line) => line.split(/(?<!\\)\|/).map((cell) => cell.trim()));
  const grades = ['documented', 'code', 'said', 'seen', 'inferred'];

  test('every row has a grade of the list', () => {
    const facts = rows.filter((cells) => !grades.includes(cells[1] ?? ''));
    expect(facts.length).toBeGreaterThan(60);
    for (const cells of facts) {
      const grade = cells.length === 7 ? cells[4] : cells[3];
      expect(grade?.split(', ') ?? [], cells.join(' | ')).toSatisfy((given: string[]) =>
        given.every((each) => grades.includes(each)),
      );
    }
  });

  test('every row has a source', () => {
    const answers = rows.filter((cells) => cells.length === 7);
    expect(answers.length).toBeGreaterThan(50);
    expect(answers.filter(([, , , source]) => source === '').map(([, question]) => question)).toEqual([]);
  });

  test('every switch of the local Scalekit is named in a row, and no other is', () => {
    const named = rows.flatMap((cells) => (cells.length === 7 ? [cells[5] ?? ''] : [])).join(' ');
    for (const { key, flags } of switches) {
      const words = [key, ...flags.map(([flag]) => flag.split(' ')[0] ?? '')];
      expect(
        words.some((word) => named.includes(`\`${word}`)),
        key,
      ).toBe(true);
    }
    const members = [...named.matchAll(/`([a-z][A-Za-z]+)`/g)].map(([, name]) => name);
    expect(members.filter((name) => !switches.some(({ key }) => key === name))).toEqual([]);
  });

  test('the doctor has every code that finds a documented failure', () => {
    const codes = [...read('docs/scalekit.md').matchAll(/SKM\d{3}/g)].map(([code]) => code);
    expect(codes.length).toBeGreaterThan(30);
    expect(codes.filter((code) => !existsSync(join(repository, `docs/doctor/${code}.md`)))).toEqual([]);
  });
});
