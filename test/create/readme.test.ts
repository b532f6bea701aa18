import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { optionRows } from '../../src/create/help.ts';
import { repository } from '../support/repository.ts';

test('the README lists the options as the table has them', async () => {
  const path = join(repository, 'README.md');
  const cell = (text: string) => text.replaceAll('|', '\\|');
  const rows = optionRows().map(([flag, text]) => `| \`${cell(flag.trim())}\` | ${cell(text)} |`);
  const readme = await readFile(path, 'utf8');
  const table = /(\| option \| \|\n\|---\|---\|\n)(?:\|.*\n)*/;
  expect(readme).toMatch(table);
  await expect(readme.replace(table, (_, head) => `${head}${rows.join('\n')}\n`)).toMatchFileSnapshot(path);
});
