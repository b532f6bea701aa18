import { execFileSync } from 'node:child_process';
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { readTemplates } from '../../scripts/templates.js';
import { loadTemplates } from '../../src/create/packed.ts';
import { overlay, templatesOf } from '../../src/create/templates.ts';
import { repository } from '../support/repository.ts';

describe('what is packed', () => {
  test('is exactly this list', async () => {
    await expect(`${Object.keys(readTemplates()).join('\n')}\n`).toMatchFileSnapshot('./templates.txt');
  });

  test("a developer's own settings and packages are not", () => {
    const own = [
      'templates/typescript/base/.env',
      'templates/typescript/todo/node_modules/x/index.js',
      'templates/typescript/base/dist/x.js',
    ];
    const ignored = execFileSync('git', ['check-ignore', ...own], { cwd: repository, encoding: 'utf8' });
    expect(ignored.trim().split('\n')).toEqual(own);
    const env = join(repository, own[0] ?? '');
    expect(existsSync(env)).toBe(false);
    writeFileSync(env, 'SECRET=1\n');
    onTestFinished(() => rmSync(env));
    expect(Object.keys(readTemplates())).not.toContain('typescript/base/.env');
  });

  test('has no {{ in TypeScript and JSON: those are real files', () => {
    const code = Object.entries(readTemplates()).filter(([path]) => /\.(?:ts|json)$/.test(path));
    expect(code.length).toBeGreaterThan(10);
    for (const [path, text] of code) expect(text.includes('{{'), path).toBe(false);
  });
});

describe('overlays', () => {
  const templates = templatesOf({
    files: { 'base/a.ts': '1', 'base/gitignore': '', 'todo/a.ts': '2', 'blank/c.ts': '' },
    prose: { 'base/b.md.hbs': [] },
  });

  test('lay a template over the base; a later file replaces an earlier one', () => {
    expect(Object.fromEntries(overlay(templates, ['base', 'todo']))).toEqual({
      'a.ts': 'todo/a.ts',
      'b.md': 'base/b.md.hbs',
      '.gitignore': 'base/gitignore',
    });
    expect([...overlay(templates, ['base', 'blank']).keys()]).toEqual(['a.ts', '.gitignore', 'b.md', 'c.ts']);
  });
});

describe('prose', () => {
  test('a name that the data lacks is a fault, and not an empty string', () => {
    expect(() => loadTemplates('typescript').render('typescript/base/README.md.hbs', { name: 'x' })).toThrow(
      /not defined/,
    );
  });
});
