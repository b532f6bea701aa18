import { describe, expect, test } from 'vitest';
import { type OverlayOption, overlayOptions } from '../../src/create/answers.ts';
import { combinationProblems, resolveOverlays, unfitNode } from '../../src/create/catalog.ts';
import type { Language } from '../../src/create/language.ts';
import { languages } from '../../src/create/languages/index.ts';
import { loadTemplates } from '../../src/create/packed.ts';
import { plan } from '../../src/create/plan.ts';
import { todo as some, tooling } from './snapshot-cases.ts';

const ready = languages.filter((each) => each.notYet === undefined);
const overlaysFor = (language: Language, template: string, option: OverlayOption) =>
  language.overlays.filter(
    (each) => each.option === option && each.templates.includes(template) && each.notYet === undefined,
  );

/** Every language with each of its templates. */
const grounds = ready.flatMap((language) => language.templates.map((template) => ({ language, template })));

describe.each(grounds)('$language.value $template.value', ({ language, template }) => {
  const answers = { ...some, language: language.value, template: template.value };
  const templates = loadTemplates(language.value);

  test('has a folder of templates for itself and for each of its overlays', () => {
    const overlays = overlayOptions.flatMap((option) => overlaysFor(language, template.value, option));
    const folders = ['base', template.value, ...overlays.map((each) => `${each.option}-${each.value}`)];
    const paths = [...templates.files.keys()];
    for (const folder of folders)
      expect(
        paths.some((path) => path.startsWith(`${language.value}/${folder}/`)),
        folder,
      ).toBe(true);
  });

  const deployments = [
    ...overlaysFor(language, template.value, 'deploy').map((each) => [each.value]),
    overlaysFor(language, template.value, 'deploy').map((each) => each.value),
    [],
  ];
  const ofExamples = overlaysFor(language, template.value, 'with').map((each) => each.value);
  const examples = [[], ...ofExamples.map((each) => [each]), ...(ofExamples.length > 0 ? [ofExamples] : [])];
  const combinations = deployments.flatMap((deploy) => {
    const stores = overlaysFor(language, template.value, 'store').map((each) => [each.value]);
    return (stores.length === 0 ? [[]] : stores).flatMap((store) =>
      examples.map((each) => ({ store, with: each, deploy })),
    );
  });

  test.each([{}, ...combinations])('is planned with %j', async (chosen) => {
    const choices = { language: language.value, template: template.value, ...chosen };
    expect(combinationProblems(choices)).toEqual([]);
    const overlays = resolveOverlays(choices);
    const files = await plan({ answers: { ...answers, overlays }, templates, tooling });
    expect(files.map((file) => file.path)).toContain('.env.example');
  });
});

describe('combinations that do not fit are refused, with those that do', () => {
  test.each([
    [
      { template: 'blank', store: ['memory'] },
      {
        about: 'store',
        reason: 'The blank server in TypeScript has no such --store',
        expected: '--template todo, or no --store',
      },
    ],
    [
      { template: 'todo', store: ['nope'] },
      { about: 'store', expected: expect.stringContaining('memory') },
    ],
    [
      { template: 'todo', with: ['resources'] },
      {
        about: 'with',
        reason: 'The todo server in TypeScript has no such --with',
        expected: '--template blank, or no --with',
      },
    ],
    [
      { template: 'blank', with: ['nope'] },
      { about: 'with', expected: 'resources, prompts, organizations' },
    ],
    [
      { template: 'todo', deploy: ['docker', 'heroku'] },
      { about: 'deploy', actual: 'heroku' },
    ],
    [
      { language: 'typescript', template: 'nope' },
      { about: 'template', expected: 'todo, blank' },
    ],
  ])('%j', (choices, problem) => {
    expect(combinationProblems(choices)).toEqual([expect.objectContaining(problem)]);
  });
});

describe('the Node.js that a server needs', () => {
  const overlays = (store: string) => ({ store: [store], with: [], deploy: [] });

  test.each(['20.19.0', '22.12.0', '22.9.1', '21.13.0'])('SQLite is not in %s', (version) => {
    expect(unfitNode({ overlays: overlays('sqlite') }, version)).toBe(
      `--store sqlite needs Node.js 22.13 or later, and this is ${version}: install a newer one to run the server`,
    );
  });

  test.each(['22.13.0', '22.20.1', '24.0.0', '100.0.0'])('SQLite is in %s', (version) => {
    expect(unfitNode({ overlays: overlays('sqlite') }, version)).toBeUndefined();
  });

  test('the memory store needs no newer Node.js than ours', () => {
    expect(unfitNode({ overlays: overlays('memory') }, '20.19.0')).toBeUndefined();
  });
});

describe('defaults', () => {
  test('are those of the template', () => {
    expect(resolveOverlays({ template: 'todo' })).toEqual({
      store: ['memory'],
      with: [],
      deploy: ['docker'],
    });
    expect(resolveOverlays({ template: 'blank' })).toEqual({ store: [], with: [], deploy: ['docker'] });
  });

  test('with Postgres include a compose.yaml that runs it', () => {
    expect(resolveOverlays({ template: 'todo', store: ['postgres'] }).deploy).toEqual(['docker', 'compose']);
    expect(resolveOverlays({ template: 'todo', store: ['sqlite'] }).deploy).toEqual(['docker']);
  });

  test.each([['compose'], ['kubernetes']])('--deploy %s brings the image that it needs', (deploy) => {
    expect(resolveOverlays({ template: 'todo', deploy: [deploy] }).deploy).toEqual(['docker', deploy]);
  });

  test('none can be chosen', () => {
    expect(resolveOverlays({ template: 'todo', deploy: [] })).toMatchObject({ deploy: [] });
  });
});
