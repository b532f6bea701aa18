import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { repository } from '../support/repository.ts';

const read = (file: string) => readFileSync(join(repository, file), 'utf8');

/** The rows of docs/world.md: the input, the right reaction, and the tests for it. */
const rows = read('docs/world.md')
  .split('\n')
  .filter((line) => line.startsWith('| ') && !line.startsWith('| what comes '))
  .map((line) => line.split(' | ').map((cell) => cell.replaceAll(/^\|\s*|\s*\|$/g, '')));

describe('docs/world.md', () => {
  test('has a row for everything that went wrong once', () => {
    expect(rows.length).toBeGreaterThan(30);
    for (const row of rows) expect(row, row.join(' | ')).toHaveLength(3);
  });

  test.each(rows.map(([what = '', , held = '']) => [what, held]))('%s: its tests exist', (_, held) => {
    const tests = held.split(/; (?=test\/)/).map((each) => /^(test\/\S+): "(.*)"$/.exec(each));
    for (const named of tests) {
      const [, file = '', title = ''] = named ?? [];
      expect(existsSync(join(repository, file)), `${held}: ${file}`).toBe(true);
      expect(read(file).replaceAll("\\'", "'"), file).toContain(title);
    }
  });
});
