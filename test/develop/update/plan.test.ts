import { mkdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { applyAndKeep, readUndo } from '../../../src/develop/update/journal.ts';
import { type Fate, pending } from '../../../src/develop/update/plan.ts';
import { temporaryDirectory } from '../../support/temporary.ts';
import { makeProject, planTo } from './versions.ts';

/** Every combination of what an owner did to a file and what the newer template does to it. */

const lines = (...changes: ReadonlyArray<readonly [number, string]>) => {
  const all = Array.from({ length: 12 }, (_, index) => `line ${index}`);
  for (const [at, text] of changes) all[at] = text;
  return `${all.join('\n')}\n`;
};

const old = lines();
const newer = lines([2, 'from the template']);

/** What an owner did to the file; undefined deletes it. */
const owners = {
  untouched: old,
  'checked out with CRLF': old.replaceAll('\n', '\r\n'),
  'changed elsewhere': lines([9, 'from the owner']),
  'changed elsewhere, with CRLF': lines([9, 'from the owner']).replaceAll('\n', '\r\n'),
  'changed the same line': lines([2, 'from the owner']),
  'changed to the same text': newer,
  deleted: undefined,
} as const;
type Owner = keyof typeof owners;

const both = lines([2, 'from the template'], [9, 'from the owner']);
const crlf = (text: string) => text.replaceAll('\n', '\r\n');

/** The outcome (undefined for none), and the text afterwards. */
type Expected = readonly [fate: Fate | undefined, text: string | undefined | RegExp];

const changed: Readonly<Record<Owner, Expected>> = {
  untouched: ['replaced', newer],
  'checked out with CRLF': ['replaced', crlf(newer)],
  'changed elsewhere': ['merged', both],
  'changed elsewhere, with CRLF': ['merged', crlf(both)],
  'changed the same line': [
    'conflict',
    /^line 1\n<<<<<<< yours\nfrom the owner\n=======\nfrom the template\n>>>>>>> scalekit-mcp 0\.2\.0\nline 3$/m,
  ],
  'changed to the same text': [undefined, newer],
  deleted: ['deleted', undefined],
};

const unchanged = Object.fromEntries(
  Object.entries(owners).map(([owner, text]) => [owner, [undefined, text]]),
) as unknown as Readonly<Record<Owner, Expected>>;

const gone: Readonly<Record<Owner, Expected>> = {
  untouched: ['removed', undefined],
  'checked out with CRLF': ['removed', undefined],
  'changed elsewhere': ['kept', owners['changed elsewhere']],
  'changed elsewhere, with CRLF': ['kept', owners['changed elsewhere, with CRLF']],
  'changed the same line': ['kept', owners['changed the same line']],
  'changed to the same text': ['kept', newer],
  deleted: [undefined, undefined],
};

const templates = {
  'does not change it': [old, unchanged],
  'changes it': [newer, changed],
  'has it no more': [undefined, gone],
} as const;

const path = 'src/a.ts';
let directory: string;
let env: { HOME: string; XDG_STATE_HOME: string };
beforeEach(async () => {
  directory = await temporaryDirectory();
  const home = await temporaryDirectory();
  env = { HOME: home, XDG_STATE_HOME: home };
});

const textOf = (name = path) => readFile(join(directory, name), 'utf8').catch(() => undefined);
const manifest = `{\n  "name": "x",\n  "dependencies": {}\n}\n`;

/** Updates the project, and reports what happened to the file of these tests. */
async function updateTo(version: string, texts: Readonly<Record<string, string>>) {
  const plan = await planTo(directory, version, texts);
  const contents = new Map<string, string | Uint8Array | undefined>(plan.writes);
  for (const removed of plan.removes) contents.set(removed, undefined);
  await applyAndKeep(directory, env, { ...plan, contents });
  return plan;
}

async function undo(): Promise<void> {
  const { changed: later, ...applied } = await readUndo(directory, env);
  expect(later).toEqual([]);
  await applyAndKeep(directory, env, applied);
}

const matches = (expected: Expected[1]) =>
  expected instanceof RegExp ? expect.stringMatching(expected) : expected;

interface Kind {
  readonly path: string;
  /** Members of the record. */
  readonly more: object;
  /** The first line as the template has it, and as `eject` leaves it. */
  readonly first: readonly [generated: string, owned: string];
}

const kinds: Readonly<Record<string, Kind>> = {
  'a TypeScript project': { path: 'src/a.ts', more: {}, first: ['line 0', 'line 0'] },
  'an ejected project': {
    path: 'src/tools/a.ts',
    more: { ejected: { folder: 'src/protect', version: '0.1.0' } },
    first: ["import { tool } from 'scalekit-mcp-server';", "import { tool } from '../protect/index.ts';"],
  },
  'a Python project': { path: 'tools/a.py', more: { language: 'python' }, first: ['line 0', 'line 0'] },
};

describe.each(Object.entries(kinds))('%s', (_, { path: file, more, first: [generated, owned] }) => {
  const asGenerated = (text: string) => text.replace('line 0', generated);
  const asOwned = (text: string) => text.replace(generated, owned).replace('line 0', owned);
  const texts = (text: string | undefined) => ({
    ...(text === undefined ? {} : { [file]: asGenerated(text) }),
    'package.json': manifest,
  });

  /** Makes the project of the first version, and does to the file what its owner did. */
  async function makeOwned(owner: Owner): Promise<string | undefined> {
    await makeProject(directory, '0.1.0', texts(old), more, asOwned);
    const own = owners[owner] === undefined ? undefined : asOwned(owners[owner]);
    await (own === undefined ? rm(join(directory, file)) : writeFile(join(directory, file), own));
    return own;
  }

  const expectedOf = ([fate, text]: Expected) => ({
    fates: fate === undefined ? [] : [[file, fate]],
    text: typeof text === 'string' ? asOwned(text) : matches(text),
  });

  describe.each(Object.entries(templates))('a newer template that %s', (_, [theirs, expectations]) => {
    test.each(Object.keys(owners) as readonly Owner[])('a file that the owner has %s', async (owner) => {
      const own = await makeOwned(owner);
      const { fates, text } = expectedOf(expectations[owner]);

      const plan = await updateTo('0.2.0', texts(theirs));
      expect(plan.files.map((each) => [each.path, each.fate])).toEqual(fates);
      expect(await textOf(file)).toEqual(text);

      // An unresolved conflict remains the owner's change, and nothing else is left to do.
      const again = await planTo(directory, '0.2.0', texts(theirs));
      expect(pending(again)).toEqual([]);

      await undo();
      expect(await textOf(file), 'after undo').toBe(own);
      expect(JSON.parse((await textOf('.scalekit-mcp.json')) ?? '').version).toBe('0.1.0');
      await undo();
      expect(await textOf(file), 'after undoing the undo').toEqual(text);
    });
  });

  test.each(Object.keys(owners) as readonly Owner[])(
    'on a machine without git, a file that the owner has %s and the newer template changes',
    async (owner) => {
      const own = await makeOwned(owner);
      const plan = planTo(directory, '0.2.0', texts(newer), { PATH: env.HOME });
      const [fate] = changed[owner];
      if (fate === 'merged' || fate === 'conflict')
        await expect(plan).rejects.toMatchObject({
          code: 'update/git',
          message: expect.stringContaining('git, which merges them, was not found'),
        });
      else expect((await plan).files.map((each) => each.fate)).toEqual(fate === undefined ? [] : [fate]);
      expect(await textOf(file)).toBe(own);
    },
  );
});

describe('a file that only the newer template has', () => {
  const texts = { 'src/new.ts': newer, 'package.json': manifest };
  beforeEach(() => makeProject(directory, '0.1.0', { 'package.json': manifest }));

  test('comes', async () => {
    expect((await updateTo('0.2.0', texts)).files).toEqual([{ path: 'src/new.ts', fate: 'added' }]);
    expect(await textOf('src/new.ts')).toBe(newer);
    await undo();
    expect(await textOf('src/new.ts')).toBeUndefined();
  });

  test('is not listed if the owner has the same file', async () => {
    await mkdir(join(directory, 'src'));
    await writeFile(join(directory, 'src/new.ts'), newer);
    expect((await updateTo('0.2.0', texts)).files).toEqual([]);
  });

  test('is a conflict if the owner has a different file of that name, and neither is lost', async () => {
    await mkdir(join(directory, 'src'));
    await writeFile(join(directory, 'src/new.ts'), 'mine\n');
    expect((await updateTo('0.2.0', texts)).files).toMatchObject([{ path: 'src/new.ts', fate: 'conflict' }]);
    const text = (await textOf('src/new.ts')) ?? '';
    expect(text).toContain('mine\n');
    expect(text).toContain(newer);
  });
});

test('over two versions: a deleted file stays deleted, a merged one merges again', async () => {
  await makeProject(directory, '0.1.0', { [path]: old, 'src/b.ts': old, 'package.json': manifest });
  await rm(join(directory, 'src/b.ts'));
  await writeFile(join(directory, path), owners['changed elsewhere']);
  await updateTo('0.2.0', { [path]: newer, 'src/b.ts': newer, 'package.json': manifest });
  expect(await textOf()).toBe(both);
  const third = lines([2, 'from the template'], [5, 'and once more']);
  const plan = await updateTo('0.3.0', { [path]: third, 'src/b.ts': third, 'package.json': manifest });
  expect(plan.files.map((each) => each.fate)).toEqual(['merged', 'deleted']);
  expect(await textOf()).toBe(lines([2, 'from the template'], [5, 'and once more'], [9, 'from the owner']));
  expect(await textOf('src/b.ts')).toBeUndefined();
});

test('a link, and files behind one, are left alone', async () => {
  await makeProject(directory, '0.1.0', { [path]: old, 'guide/b.md': old, 'package.json': manifest });
  const outside = await temporaryDirectory();
  await writeFile(join(outside, 'b.md'), 'elsewhere\n');
  await rm(join(directory, path));
  await symlink(join(outside, 'b.md'), join(directory, path));
  await rm(join(directory, 'guide'), { recursive: true });
  await symlink(outside, join(directory, 'guide'));
  const plan = await updateTo('0.2.0', { [path]: newer, 'guide/b.md': newer, 'package.json': manifest });
  expect(plan.files.map(({ fate }) => fate)).toEqual(['left', 'left']);
  expect(await readFile(join(outside, 'b.md'), 'utf8')).toBe('elsewhere\n');
});

describe('package.json', () => {
  const json = (value: object) => `${JSON.stringify(value, null, 2)}\n`;
  const first = {
    name: 'x',
    scripts: { test: 'a', build: 'b' },
    dependencies: { jose: '^6.0.0', zod: '^4.0.0' },
  };
  const second = {
    name: 'x',
    scripts: { test: 'a', build: 'c', lint: 'd' },
    dependencies: { jose: '^6.1.0', zod: '^4.0.0' },
  };

  test('is merged member by member, in the owner’s form', async () => {
    await makeProject(directory, '0.1.0', { 'package.json': json(first) });
    const own = { ...first, name: 'mine', dependencies: { chalk: '5', jose: '^6.0.0', zod: '^4.0.0' } };
    await writeFile(join(directory, 'package.json'), `${JSON.stringify(own, null, '\t')}\n`);
    const plan = await updateTo('0.2.0', { 'package.json': json(second) });
    expect(plan).toMatchObject({ installs: true, files: [{ path: 'package.json', fate: 'merged' }] });
    const merged = { ...second, name: 'mine', dependencies: { chalk: '5', jose: '^6.1.0', zod: '^4.0.0' } };
    expect(await textOf('package.json')).toBe(`${JSON.stringify(merged, null, '\t')}\n`);
  });

  test('keeps the owner’s value where both have changed one, and says so', async () => {
    await makeProject(directory, '0.1.0', { 'package.json': json(first) });
    const own = { ...first, scripts: { test: 'a', build: 'mine' } };
    await writeFile(join(directory, 'package.json'), json(own));
    const plan = await updateTo('0.2.0', { 'package.json': json(second) });
    expect(plan.files).toEqual([
      { path: 'package.json', fate: 'conflict', detail: expect.stringContaining('scripts.build') },
    ]);
    const merged = { ...second, scripts: { test: 'a', build: 'mine', lint: 'd' } };
    expect(JSON.parse((await textOf('package.json')) ?? '')).toEqual(merged);
  });

  test('what the owner has removed stays removed', async () => {
    await makeProject(directory, '0.1.0', { 'package.json': json(first) });
    await writeFile(join(directory, 'package.json'), json({ ...first, dependencies: { zod: '^4.0.0' } }));
    const plan = await updateTo('0.2.0', {
      'package.json': json({ ...second, dependencies: first.dependencies }),
    });
    expect(plan).toMatchObject({ installs: false });
    expect(JSON.parse((await textOf('package.json')) ?? '').dependencies).toEqual({ zod: '^4.0.0' });
  });
});

describe('a project that has lost its texts', () => {
  beforeEach(async () => {
    await makeProject(directory, '0.1.0', { [path]: old, 'src/b.ts': old, 'package.json': manifest });
    await rm(join(directory, '.scalekit-mcp.base'));
    await writeFile(join(directory, path), owners['changed elsewhere']);
  });

  test('still knows by their hashes which files are the owner’s', async () => {
    const plan = await updateTo('0.2.0', { [path]: old, 'src/b.ts': newer, 'package.json': manifest });
    expect(plan.files).toEqual([{ path: 'src/b.ts', fate: 'replaced' }]);
    expect(await textOf()).toBe(owners['changed elsewhere']);
  });

  test('marks every difference that both sides changed, and loses nothing', async () => {
    const plan = await updateTo('0.2.0', { [path]: newer, 'src/b.ts': old, 'package.json': manifest });
    expect(plan.files).toMatchObject([
      { path, fate: 'conflict', detail: expect.stringContaining('2 places') },
    ]);
    const text = await textOf();
    for (const side of ['line 2', 'from the template', 'line 9', 'from the owner'])
      expect(text).toMatch(new RegExp(`^${side}$`, 'm'));
  });
});

test('changes nothing if it cannot keep what it replaces', async () => {
  await makeProject(directory, '0.1.0', { [path]: old, 'package.json': manifest });
  const file = join(env.HOME, 'file');
  await writeFile(file, '');
  env = { HOME: file, XDG_STATE_HOME: file };
  const refused = updateTo('0.2.0', { [path]: newer, 'package.json': manifest });
  await expect(refused).rejects.toMatchObject({ code: 'update/state' });
  expect(await textOf()).toBe(old);
});
