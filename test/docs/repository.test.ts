// What the repository promises to people who make releases, report problems or contribute.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { releases } from '../../src/doctor/releases.ts';
import { commands } from '../../src/program/commands/index.ts';
import { repository } from '../support/repository.ts';

const read = (path: string) => readFileSync(join(repository, path), 'utf8');
const workflows = readdirSync(join(repository, '.github/workflows'));

interface Job {
  readonly permissions?: Readonly<Record<string, string>>;
  readonly 'timeout-minutes'?: number;
}

describe.each(workflows)('workflow %s', (name) => {
  const text = read(`.github/workflows/${name}`);
  const workflow = parse(text) as { permissions: object; jobs: Record<string, Job> };

  test('has no permissions by default; each job declares its own, and a time limit', () => {
    expect(workflow.permissions).toEqual({});
    for (const [job, { permissions, 'timeout-minutes': minutes }] of Object.entries(workflow.jobs)) {
      expect(permissions, job).toBeTypeOf('object');
      expect(minutes, job).toBeTypeOf('number');
    }
  });

  test('pins actions to commits, and puts no untrusted text into a shell', () => {
    const used = [...text.matchAll(/uses: (\S+)(.*)/g)];
    expect(used.length).toBeGreaterThan(0);
    for (const [, action, note] of used) {
      expect(action).toMatch(/^[\w-]+\/[\w-]+@[\da-f]{40}$/);
      expect(note).toMatch(/^ # v\d+\.\d+\.\d+$/);
    }
    for (const [line] of text.matchAll(/^ *(?:- )?run: .*$/gm)) expect(line).not.toContain('${{');
  });
});

test('packages are published by the workflow that tests them first, with provenance and without a token', () => {
  const text = read('.github/workflows/release.yml');
  const { jobs } = parse(text) as { jobs: Record<string, Job & { needs?: string }> };
  expect(jobs.publish).toMatchObject({ needs: 'test', permissions: { 'id-token': 'write' } });
  expect(jobs.test?.permissions).toEqual({ contents: 'read' });
  expect(text).toContain('--provenance');
  expect(text).not.toMatch(/NPM_TOKEN|NODE_AUTH_TOKEN/);
});

test('tests that may be skipped are named as they are called', () => {
  const parts = [...read('.ci/skips.js').matchAll(/^ {2}\['([^']+)', /gm)].map(([, part = '']) => part);
  const tests = readdirSync(join(repository, 'test'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.test.ts'))
    .map((file) => read(join('test', file)));
  expect(parts).not.toEqual([]);
  for (const part of parts)
    expect(
      tests.some((text) => text.includes(`('${part}`) || text.includes(`  '${part}`)),
      part,
    ).toBe(true);
});

test('the version is that of the newest release in the list', () => {
  expect(JSON.parse(read('package.json')).version).toBe(releases[0]?.version);
});

test('dependency updates reach the templates, whose manifests are real files', () => {
  const { updates } = parse(read('.github/dependabot.yml')) as {
    updates: { directory?: string; directories?: string[] }[];
  };
  const folders = updates.flatMap(({ directory, directories = [] }) => [directory, ...directories]);
  expect(folders).toEqual(expect.arrayContaining(['/', '/templates/typescript/*', '/packages/*']));
  expect(() => JSON.parse(read('templates/typescript/base/package.json'))).not.toThrow();
});

test('forms for issues are YAML that GitHub can show', () => {
  for (const name of ['bug.yml', 'idea.yml']) {
    const form = parse(read(`.github/ISSUE_TEMPLATE/${name}`));
    expect(form).toMatchObject({ name: expect.any(String), description: expect.any(String) });
    expect(form.body.length).toBeGreaterThan(1);
  }
});

test('SKILL.md names commands and options that exist', () => {
  const skill = read('skills/create-scalekit-mcp/SKILL.md');
  expect(skill).toMatch(/^---\nname: create-scalekit-mcp\ndescription: .{50,1000}\n---\n/);
  const called = [...skill.matchAll(/npx scalekit-mcp ([\w-]+)([^\n`]*)/g)];
  expect(called.length).toBeGreaterThan(8);
  for (const [line, name, rest = ''] of called) {
    const row = commands.find((each) => each.name === name);
    expect(row, line).toBeDefined();
    const known = row !== undefined && 'options' in row ? row.options.map(([flags]) => flags).join(' ') : '';
    for (const [flag] of rest.matchAll(/--(?!help)[\w-]+/g)) expect(known, line).toContain(flag);
  }
});
