// Checks what pages say about the commands against the tables that define them.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { optionRows } from '../../src/create/help.ts';
import { commands } from '../../src/program/commands/index.ts';
import { repository } from '../support/repository.ts';

const read = (file: string) => readFileSync(join(repository, file), 'utf8');
const pages = execFileSync('git', ['ls-files', '*.md', '*.md.hbs'], { cwd: repository, encoding: 'utf8' })
  .split('\n')
  .filter((file) => file !== '' && !/^(?:test|bench)\//.test(file));

/** Flags as a row or a page writes them: `--[no-]git` and `--json|file` included. */
function flagsIn(text: string): readonly string[] {
  const found = [...text.matchAll(/(?<![\w-])(?:--(\[no-\])?([a-z][a-z-]*)|-[a-z]\b)/g)];
  return found.flatMap(([whole, no, name]) => (no === undefined ? [whole] : [`--${name}`, `--no-${name}`]));
}

const creates = optionRows().flatMap(([flag]) => flagsIn(flag));
/** Each command's flags; those of create come from the same table. */
const flagsOf = new Map<string, ReadonlySet<string>>(
  commands.map((row) => {
    const own = 'options' in row ? row.options.flatMap(([flag]) => flagsIn(flag)) : creates;
    return [row.name, new Set([...own, '--help', '-h', '--version', '-v'])];
  }),
);

/** Every command line of a page: code up to the next command, a comment, or what goes to another program. */
function commandLines(page: string): ReadonlyArray<readonly [command: string, rest: string]> {
  const shells = [...page.matchAll(/```(?:sh|bash|text)?\n(.*?)```/gs)].flatMap(([, code = '']) =>
    code.replaceAll('\\\n', ' ').split('\n'),
  );
  const spans = [...page.replaceAll(/```.*?```/gs, '').matchAll(/`([^`\n]+)`/g)].map(([, code = '']) => code);
  return [...shells, ...spans].flatMap((line) =>
    [
      ...line.matchAll(/(?:^|[\s(])(create-scalekit-mcp|scalekit-mcp)(?:@\w+)?(?: ([a-z-]+))?([^|;&#)]*)/g),
    ].flatMap(([, program, word = '', rest = '']): Array<readonly [string, string]> => {
      if (program === 'create-scalekit-mcp') return [['create', rest]];
      return flagsOf.has(word) ? [[word, rest.split(' -- ')[0] ?? '']] : [];
    }),
  );
}

test('the README lists every command', () => {
  const rows = [...read('README.md').matchAll(/^\| `scalekit-mcp ([a-z-]+)/gm)].map(([, name]) => name);
  const names = commands.filter((row) => !('isHidden' in row)).map(({ name }) => name);
  expect(rows.toSorted()).toEqual(names.toSorted());
});

describe('every flag that a page gives a command is one of its own', () => {
  test('and pages show many of them', () => {
    const lines = pages.flatMap((page) => commandLines(read(page)));
    expect(lines.filter(([, rest]) => rest.includes('--')).length).toBeGreaterThan(30);
    expect(commandLines('`npx scalekit-mcp token --nonsense`')).toEqual([['token', ' --nonsense']]);
  });

  test.each(pages)('%s', (page) => {
    const unknown = commandLines(read(page)).flatMap(([command, rest]) =>
      flagsIn(rest.replaceAll(/'[^']*'|"[^"]*"/g, ''))
        .filter((flag) => !flagsOf.get(command)?.has(flag))
        .map((flag) => `${command} ${flag}`),
    );
    expect(unknown).toEqual([]);
  });
});
