import { chmod, mkdir, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Diagnosis } from '../../src/doctor/diagnose.ts';
import type { Facts } from '../../src/doctor/facts/index.ts';
import { applyFixes } from '../../src/doctor/fix/apply.ts';
import { editText } from '../../src/doctor/fix/edit-text.ts';
import { mend } from '../../src/doctor/fix/mend.ts';
import { isEmpty, planFixes } from '../../src/doctor/fix/plan.ts';
import { previewPlan } from '../../src/doctor/fix/preview.ts';
import type { Examination } from '../../src/doctor/flags.ts';
import type { CheckResult, Edit } from '../../src/doctor/model.ts';
import { variablesIn } from '../../src/project/env-text.ts';
import { testContext } from '../program/test-context.ts';
import { temporaryDirectory } from '../support/temporary.ts';

const { signal } = new AbortController();

function finding(edits: readonly Edit[], commands: readonly (readonly string[])[] = []): CheckResult {
  return {
    code: 'SKM108',
    step: 'configuration',
    title: 'x',
    state: 'found',
    level: 'warning',
    edits,
    commands,
  };
}

const setUrl: Edit = {
  kind: 'set-variable',
  file: '.env',
  variable: 'MCP_URL',
  value: 'http://localhost:3002/',
};

describe('editing .env', () => {
  test.each([
    ['plain', 'MCP_URL=http://localhost:3002', 'MCP_URL=http://localhost:3002/'],
    ['with a comment', 'MCP_URL=http://a # ours', 'MCP_URL=http://localhost:3002/ # ours'],
    ['in quotes', 'MCP_URL="http://a"   # ours', 'MCP_URL="http://localhost:3002/"   # ours'],
    ['exported', "export MCP_URL = 'http://a'", "export MCP_URL = 'http://localhost:3002/'"],
    ['empty', 'MCP_URL=', 'MCP_URL=http://localhost:3002/'],
    ['from Windows', 'MCP_URL=http://a\r', 'MCP_URL=http://localhost:3002/\r'],
  ])('sets a value that is %s, and nothing else', (_, before, after) => {
    expect(editText(`# top\n${before}\nB=2\n`, { ...setUrl, kind: 'set-variable' })).toBe(
      `# top\n${after}\nB=2\n`,
    );
  });

  test('changes the last line, which counts', () => {
    expect(editText('MCP_URL=a\nMCP_URL=b\n', { ...setUrl, kind: 'set-variable' })).toBe(
      'MCP_URL=a\nMCP_URL=http://localhost:3002/\n',
    );
  });

  test('adds a missing variable', () => {
    const edit = { kind: 'set-variable', file: '.env', variable: 'PORT', value: '3002' } as const;
    expect(editText('A=1', edit)).toBe('A=1\nPORT=3002\n');
    expect(editText('', edit)).toBe('PORT=3002\n');
  });

  test('keeps every other variable, comment and line, whatever they are', () => {
    const line = fc.oneof(
      fc
        .tuple(fc.stringMatching(/^[A-Z]{1,6}$/), fc.stringMatching(/^[\w:/. -]{0,12}$/))
        .map(([k, v]) => `${k}=${v}`),
      fc.stringMatching(/^#[ \w]{0,12}$/),
      fc.constant(''),
    );
    fc.assert(
      fc.property(fc.array(line), fc.array(line), (above, below) => {
        const text = [...above, 'MCP_URL=old', ...below].join('\n');
        const edited = editText(text, { ...setUrl, kind: 'set-variable' });
        expect(edited.split('\n').filter((_, index) => index !== above.length)).toEqual([...above, ...below]);
        expect(variablesIn(edited).MCP_URL).toBe(setUrl.kind === 'set-variable' ? setUrl.value : '');
      }),
    );
  });

  test('never touches a secret', () => {
    const text = 'SCALEKIT_CLIENT_ID=skcs_1234567890\n';
    const edit = {
      kind: 'set-variable',
      file: '.env',
      variable: 'SCALEKIT_CLIENT_ID',
      value: 'skc_1',
    } as const;
    expect(() => editText(text, edit)).toThrow('holds a secret');
  });

  const severalLines = 'PORT=1\nKEY="-----BEGIN\nMCP_URL=x\nPORT=2\n-----END"\nMCP_URL=a';

  test('ignores what looks like a variable inside a value of several lines', () => {
    const edited = editText(severalLines, { ...setUrl, kind: 'set-variable' });
    expect(edited).toBe(severalLines.replace(/a$/, 'http://localhost:3002/'));
    const remove = { kind: 'remove-line', file: '.env', line: 4, variable: 'PORT' } as const;
    expect(() => editText(severalLines, remove)).toThrow('does not set PORT any more');
  });

  test('leaves a value of several lines alone', () => {
    const edits: readonly Exclude<Edit, { kind: 'mode' }>[] = [
      { kind: 'set-variable', file: '.env', variable: 'KEY', value: 'x' },
      { kind: 'remove-line', file: '.env', line: 2, variable: 'KEY' },
    ];
    for (const edit of edits) expect(() => editText(severalLines, edit)).toThrow('has several lines');
  });

  test('removes a line only while it still sets what it did', () => {
    const edit = { kind: 'remove-line', file: '.env', line: 2, variable: 'B' } as const;
    expect(editText('A=1\nB=2\nC=3\n', edit)).toBe('A=1\nC=3\n');
    expect(() => editText('A=1\nX=2\n', edit)).toThrow('does not set B any more');
  });

  test('appends a line once', () => {
    const edit = { kind: 'append-line', file: '.gitignore', text: '.env' } as const;
    expect(editText('dist', edit)).toBe('dist\n.env\n');
    expect(editText('dist\n.env\n', edit)).toBe('dist\n.env\n');
  });
});

describe('planFixes', () => {
  test('makes each change once, and lets the last finding about a variable decide', () => {
    const other: Edit = { ...setUrl, kind: 'set-variable', value: 'http://localhost:9/' };
    const plan = planFixes([finding([other]), finding([other, setUrl]), finding([], [['npm', 'install']])]);
    expect([...plan.files]).toEqual([['.env', [setUrl]]]);
    expect(plan.commands).toEqual([['npm', 'install']]);
  });

  test('skips what passed or has no fix', () => {
    expect(isEmpty(planFixes([finding([]), { ...finding([setUrl]), state: 'passed' }]))).toBe(true);
  });
});

test('previewPlan shows each line that changes, as it was and as it will be, and each command', async () => {
  const directory = await temporaryDirectory();
  await writeFile(join(directory, '.env'), '# ours\nPORT=1\nMCP_URL=x # base\nPORT=2\n');
  const edits: Edit[] = [
    setUrl,
    { kind: 'remove-line', file: '.env', line: 2, variable: 'PORT' },
    { kind: 'mode', file: '.env', mode: 0o600 },
    { kind: 'append-line', file: '.gitignore', text: '.env' },
    { kind: 'replace', file: '.mcp.json', before: '"a"', after: '"b"' },
  ];
  const plan = planFixes([finding(edits, [['git', 'rm', '--cached', '--', '.env']])]);
  expect(await previewPlan(directory, plan)).toBe(
    [
      '  .env',
      '    - MCP_URL=x # base',
      '    + MCP_URL=http://localhost:3002/ # base',
      '    chmod 600',
      '    - PORT=1',
      '  .gitignore',
      '    + .env',
      '  .mcp.json',
      '    not possible: "a" is not there any more',
      '  $ git rm --cached -- .env',
      '',
    ].join('\n'),
  );
});

describe('applyFixes', () => {
  const apply = (directory: string, ...results: CheckResult[]) =>
    applyFixes(directory, planFixes(results), signal);

  test('writes a file completely, and keeps its mode', async () => {
    const directory = await temporaryDirectory();
    await writeFile(join(directory, '.env'), '# ours\nMCP_URL=x\nMCP_URL=y\n', { mode: 0o600 });
    const remove: Edit = { kind: 'remove-line', file: '.env', line: 2, variable: 'MCP_URL' };
    expect(await apply(directory, finding([remove, setUrl]))).toEqual([{ what: '.env' }]);
    expect(await readFile(join(directory, '.env'), 'utf8')).toBe('# ours\nMCP_URL=http://localhost:3002/\n');
    expect((await stat(join(directory, '.env'))).mode & 0o777).toBe(0o600);
    expect(await readdir(directory)).toEqual(['.env']);
  });

  test('changes only the mode', async () => {
    const directory = await temporaryDirectory();
    await writeFile(join(directory, '.env'), 'A=1\n');
    await chmod(join(directory, '.env'), 0o644);
    await apply(directory, finding([{ kind: 'mode', file: '.env', mode: 0o600 }]));
    expect((await stat(join(directory, '.env'))).mode & 0o777).toBe(0o600);
  });

  test('leaves a file as it was if one of its edits fails', async () => {
    const directory = await temporaryDirectory();
    await writeFile(join(directory, '.env'), 'MCP_URL=x\n');
    const impossible: Edit = { kind: 'remove-line', file: '.env', line: 9, variable: 'A' };
    const [outcome] = await apply(directory, finding([setUrl, impossible]));
    expect(outcome?.error).toContain('line 9');
    expect(await readFile(join(directory, '.env'), 'utf8')).toBe('MCP_URL=x\n');
  });

  test('leaves a file as it was, and nothing beside it, if the folder cannot be written', async () => {
    const directory = await temporaryDirectory();
    await mkdir(join(directory, '.env'));
    const [outcome] = await apply(directory, finding([setUrl]));
    expect(outcome?.error).toContain('not an ordinary file');
    expect(await readdir(directory)).toEqual(['.env']);
  });

  test('does not change a file that its owner has made read-only', async () => {
    const directory = await temporaryDirectory();
    await writeFile(join(directory, '.env'), 'MCP_URL=x\n', { mode: 0o400 });
    const [outcome] = await apply(directory, finding([setUrl]));
    expect(outcome?.error).toContain('read-only');
    expect(await readFile(join(directory, '.env'), 'utf8')).toBe('MCP_URL=x\n');
    await chmod(join(directory, '.env'), 0o444);
    const mode: Edit = { kind: 'mode', file: '.env', mode: 0o600 };
    expect(await apply(directory, finding([mode]))).toEqual([{ what: '.env' }]);
  });

  test('does not follow a link out of the project', async () => {
    const [directory, elsewhere] = [await temporaryDirectory(), await temporaryDirectory()];
    await writeFile(join(elsewhere, 'env'), 'MCP_URL=x\n');
    await symlink(join(elsewhere, 'env'), join(directory, '.env'));
    const [outcome] = await apply(directory, finding([setUrl]));
    expect(outcome?.error).toContain('not an ordinary file');
    expect(await readFile(join(elsewhere, 'env'), 'utf8')).toBe('MCP_URL=x\n');
  });

  test('continues after a command that fails, and names it', async () => {
    const directory = await temporaryDirectory();
    const node = process.execPath;
    const outcomes = await apply(
      directory,
      finding(
        [],
        [
          [node, '-e', 'console.error("no such package"); process.exit(1)'],
          [node, '-e', ''],
        ],
      ),
    );
    expect(outcomes.map(({ error }) => error)).toEqual(['no such package', undefined]);
  });
});

test('what could not be done is told from what was, so that the exit code can say it', async () => {
  const directory = await temporaryDirectory();
  const { context, written } = testContext({ cwd: directory });
  const mended = (commands: readonly (readonly string[])[]) =>
    mend(
      {} as Facts,
      { results: [finding([], commands)], exitCode: 0 } as unknown as Diagnosis,
      { yes: true, target: { directory, env: {} } } as unknown as Examination,
      context,
    );
  expect(await mended([['no-such-program-of-anybody']])).toEqual({ hasChanged: false, hasFailed: true });
  expect(written().stderr).toContain(
    '✗ no-such-program-of-anybody: no-such-program-of-anybody was not found',
  );
  expect(await mended([[process.execPath, '-e', '']])).toEqual({ hasChanged: true, hasFailed: false });
});
