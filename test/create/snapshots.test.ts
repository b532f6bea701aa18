import { createHash } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { describe, expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import type { File } from '../../src/create/answers.ts';
import { loadTemplates } from '../../src/create/packed.ts';
import { plan, templateSources } from '../../src/create/plan.ts';
import { markdown } from '../../src/create/prose.ts';
import { quote } from '../../src/project/source-text.ts';
import { rules } from '../../src/server/settings.ts';
import { repository } from '../support/repository.ts';
import { differenceOf } from './difference.ts';
import { cases } from './snapshot-cases.ts';

/**
 * Generated projects, to be read as projects: a whole one of each language and template, and of every other what differs from it.
 * Files of a whole project that are the same as their template are only listed. `npm run snapshots` refreshes them.
 */

const snapshots = join(repository, 'test/snapshots');

/** Files that git would act on, or leave out, are kept under other names. */
function keptAs(path: string): string {
  return path.replace(/^\.(?=gitignore$|env$)/, '').replace(/\.tgz$/, '.tgz.txt');
}

const text = (file: File) =>
  typeof file.content === 'string' ? file.content : Buffer.from(file.content).toString();

async function filesOf(name: string): Promise<readonly File[]> {
  const example = cases[name];
  if (example === undefined) throw new Error(`There is no case ${name}`);
  return plan({ ...example, templates: loadTemplates(example.answers.language) });
}

/** The case of the same language and template that is kept whole; it may be this very one. */
function wholeOf(name: string): string {
  const kind = (each: string) => `${cases[each]?.answers.language} ${cases[each]?.answers.template}`;
  return Object.keys(cases).find((each) => kind(each) === kind(name)) ?? name;
}

/** Of a package that `update` replaces as a whole, and which is the same in every project but for this file's version. */
const protection = 'protection/__init__.py';
const version = /^VERSION.*$/m;

/**
 * Files as snapshots have them: hashes follow from the other files, and would only repeat that these have changed; of a module that
 * no answer changes, the template says all but the version.
 */
function readable(files: readonly File[]): readonly File[] {
  return files.map((file) => {
    if (file.path === protection)
      return { ...file, content: `${version.exec(text(file))?.[0] ?? 'no version'}\n` };
    const hashes = file.path === '.scalekit-mcp.json' ? /"[\da-f]{64}"/g : /(?!)/g;
    return { ...file, content: text(file).replaceAll(hashes, '"sha256"') };
  });
}

/** In the snapshot of a whole project: which files are not kept, because they are the same as their template. */
const copies = 'same-as-template.txt';

/** @returns the snapshot of a whole project, by path: the list of copies, and each file that is not one. */
function snapshotOf(name: string, files: readonly File[]): ReadonlyMap<string, string> {
  const { answers } = cases[name] ?? expect.fail(name);
  const templates = loadTemplates(answers.language);
  const sources = templateSources(answers, templates);
  const isCopy = (file: File) => templates.files.get(sources.get(file.path) ?? '') === text(file);
  const list = files.filter(isCopy).map(({ path }) => `${path} = templates/${sources.get(path)}\n`);
  const own = readable(files.filter((file) => !isCopy(file)));
  return new Map([[copies, list.join('')], ...own.map((file) => [keptAs(file.path), text(file)] as const)]);
}

/** The files of an earlier run; new ones are written when the run ends. */
function keptFiles(directory: string): readonly string[] {
  if (!existsSync(directory)) return [];
  const entries = readdirSync(directory, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}

/** A project's text without the project's name, which may be anything. */
function withoutName(content: string, name: string): string {
  const forms = [quote(name), JSON.stringify(name).slice(1, -1), markdown(name), name];
  return forms.reduce((rest, form) => rest.replaceAll(form, ''), content);
}

describe.each(Object.keys(cases))('%s', async (name) => {
  const files = await filesOf(name);
  const whole = wholeOf(name);
  const answers = cases[name]?.answers;
  const content = (path: string) => text(files.find((file) => file.path === path) ?? { path, content: '' });

  const isWhole = name === whole;
  test(isWhole ? 'is as its snapshot' : `differs from ${whole} as its snapshot says`, async () => {
    if (!isWhole) {
      const difference = await differenceOf(readable(await filesOf(whole)), readable(files));
      await expect(difference).toMatchFileSnapshot(join(snapshots, `${name}.diff`));
      return;
    }
    const snapshot = snapshotOf(name, files);
    for (const [path, kept] of snapshot) await expect(kept).toMatchFileSnapshot(join(snapshots, name, path));
    const paths = [...snapshot.keys()].map((path) => join(snapshots, name, path));
    expect(keptFiles(join(snapshots, name)).filter((path) => !paths.includes(path))).toEqual([]);
  });

  if (isWhole)
    test('keeps no copy of a template, but names it', async () => {
      const { [copies]: list = '', ...kept } = Object.fromEntries(snapshotOf(name, files));
      const texts = new Set(loadTemplates(answers?.language ?? '').files.values());
      for (const [path, each] of Object.entries(kept)) expect(texts.has(each), path).toBe(false);
      const named = [...list.matchAll(/^(.*) = (templates\/.*)$/gm)];
      expect(named.length).toBeGreaterThan(5);
      expect(named.length + Object.keys(kept).length).toBe(files.length);
      for (const [, path = '', template = ''] of named)
        expect(content(path), path).toBe(await readFile(join(repository, template), 'utf8'));
    });

  if (answers?.language === 'python')
    test('has the protection as its template, but for the version', async () => {
      const template = await readFile(join(repository, 'templates/python/base', protection), 'utf8');
      const own = content(protection);
      expect(own).toBe(template.replace(version, version.exec(own)?.[0] ?? ''));
    });

  if (answers?.language === 'python')
    test('has an image with all that the server imports', () => {
      const folders = files.flatMap(({ path }) => /^(?!tests\/)(\w+)\/.*\.py$/.exec(path)?.[1] ?? []);
      expect(new Set(folders)).toEqual(new Set(['protection', 'tools']));
      const hasImage = files.some(({ path }) => path === 'Dockerfile');
      for (const folder of hasImage ? new Set(folders) : []) {
        expect(content('Dockerfile')).toContain(`COPY ${folder} ./${folder}\n`);
        expect(content('.dockerignore')).toContain(`!${folder}\n`);
      }
    });

  test('has the hash of every file, but of .env', () => {
    const hashed = files.filter(({ path }) => path !== '.env' && path !== '.scalekit-mcp.json');
    const hashes = hashed.map((file) => [file.path, createHash('sha256').update(file.content).digest('hex')]);
    expect(JSON.parse(content('.scalekit-mcp.json')).files).toEqual(Object.fromEntries(hashes));
  });

  test('holds no secret, no path of this machine, no left-over of a template', () => {
    for (const file of files) {
      const rest = withoutName(text(file), answers?.name ?? '');
      expect(rest, file.path).not.toMatch(/\b(?:skcs|sks)_\w|\beyJ[\w-]{8}|PRIVATE KEY/);
      for (const folder of [repository, homedir(), tmpdir()].filter((each) => each.length > 1))
        expect(rest.includes(`${folder}/`), `${folder} in ${file.path}`).toBe(false);
      expect(rest, file.path).not.toMatch(
        /\{\{|\}\}\}|&(?:quot|amp|lt|gt|#\w+);|\[object |\bundefined\n|NaN\n/,
      );
      expect(rest.endsWith('\n') && !rest.includes('\r'), `${file.path} ends in a line break`).toBe(true);
    }
  });

  test('has JSON and YAML that parse', () => {
    const json = files.filter((file) => file.path.endsWith('.json'));
    const yaml = files.filter((file) => /\.ya?ml$/.test(file.path));
    expect(json.length).toBeGreaterThan(3);
    expect(yaml.length).toBeGreaterThan(0);
    for (const file of json) expect(() => JSON.parse(text(file)), file.path).not.toThrow();
    for (const file of yaml) {
      for (const document of parseAllDocuments(text(file))) {
        expect(document.errors, file.path).toEqual([]);
        expect(document.toJS(), file.path).toBeTypeOf('object');
      }
    }
  });

  test('shows its name exactly', () => {
    const source = content(answers?.language === 'python' ? 'server.py' : 'src/main.ts');
    const [, literal] = /(?:serve\(\{\n {2}name: |FastMCP\(\n {4})(.*),\n/.exec(source) ?? [];
    expect(new Function(`return ${literal}`)()).toBe(answers?.name);
    expect(JSON.parse(content('.scalekit-mcp.json')).answers.name).toBe(answers?.name);
    const [heading = ''] = content('README.md').split('\n');
    expect(heading.replace(/^# /, '').replaceAll(/\\([\\`*_[\]<>&~|$#])/g, '$1')).toBe(answers?.name);
  });

  test('has .env for its owner alone, and git leaves it out', () => {
    expect(files.find((file) => file.path === '.env')?.mode).toBe(0o600);
    expect(content('.gitignore').split('\n')).toEqual(
      expect.arrayContaining(['.env', 'node_modules/', answers?.language === 'python' ? '.venv/' : 'dist/']),
    );
  });

  test('has an .env.example that names every setting, and that works in a fresh clone', () => {
    const example = content('.env.example');
    const settings = Object.keys(rules);
    expect(settings.length).toBeGreaterThan(5);
    for (const setting of [...settings, 'LOG_FORMAT'])
      expect(example, setting).toMatch(new RegExp(`^(?:# )?${setting}=.`, 'm'));
    const copied = parseEnv(example);
    const own = parseEnv(content('.env'));
    // A real environment's values come from its owner; all others are the project's own.
    if (answers?.scalekit === undefined) expect(copied).toEqual(own);
    else expect(copied).toMatchObject({ PORT: own.PORT, MCP_URL: own.MCP_URL });
  });
});

test('the todo server is short enough for its owner to read in one go', async () => {
  const source = (await filesOf('todo')).filter(({ path }) => path.startsWith('src/'));
  const lines = source.map((file) => text(file).trimEnd().split('\n').length);
  expect(lines.length).toBeGreaterThan(8);
  expect(lines.reduce((sum, each) => sum + each)).toBeLessThanOrEqual(300);
});

test('there are no snapshots of cases that are gone', () => {
  const kept = Object.keys(cases).map((name) => (name === wholeOf(name) ? name : `${name}.diff`));
  const there = existsSync(snapshots) ? readdirSync(snapshots) : [];
  expect(there.filter((entry) => !kept.includes(entry))).toEqual([]);
});
