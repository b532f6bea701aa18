import Handlebars from 'handlebars';
import { describe, expect, test } from 'vitest';
import { compileProse } from '../../scripts/prose.js';
import { render } from '../../src/create/rendering.ts';

/** Templates of prose become data; what is rendered from it is what Handlebars would say. */

const data = {
  // biome-ignore lint/suspicious/noTemplateCurlyInString: it is no template, and must not become one
  name: 'It\'s "mine" `${x}` {{y}} </h1>\n\u2028',
  zero: 0,
  empty: '',
  nothing: null,
  run: { test: 'npm test' },
  yes: true,
  no: false,
  none: [],
  words: ['a', 'b'],
  rows: [
    { key: 'one', last: false, words: ['x', 'y'] },
    { key: 'two', last: true, words: [] },
  ],
};

// As the build packs it: what JSON cannot say would be lost.
const ours = (template: string): string => render(JSON.parse(JSON.stringify(compileProse(template))), [data]);
const theirs = (template: string): string =>
  Handlebars.compile(template, { noEscape: true, strict: true, knownHelpersOnly: true })(data);

describe('compiled prose', () => {
  test.each([
    '',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is no template, and must not become one
    'plain `text` ${with} "quotes" \\n and\nbreaks\u2028',
    '{{name}}, {{run.test}} and {{zero}}{{empty}}{{nothing}}{{no}}.',
    'a {{! nothing }}b',
    '{{#if yes}}\nyes\n{{/if}}\nafter\n',
    '{{#if no}}\nyes\n{{else}}\nno\n{{/if}}\n',
    '{{#if no}}1{{else if yes}}2{{else}}3{{/if}}{{#if no}}1{{else if no}}2{{else}}3{{/if}}',
    '{{#if zero}}1{{else}}2{{/if}}{{#if empty}}1{{/if}}{{#if none}}1{{/if}}{{#if nothing}}1{{/if}}{{#if words}}5{{/if}}',
    '{{#if unknown}}1{{else}}2{{/if}}{{#if run.unknown}}1{{/if}}{{#if run.test}}3{{/if}}',
    '{{#unless no}}\n1\n{{/unless}}\n{{#unless yes}}2{{else}}3{{/unless}}',
    '{{#each words}}\n- {{this}}\n{{/each}}\n{{#each none}}x{{else}}none{{/each}}',
    '{{#each rows}}{{key}}: {{#each words}}{{this}} of {{../key}} in {{../../run.test}}{{/each}}{{#unless last}}, {{/unless}}{{/each}}',
    '  {{~#if yes~}}  tight  {{~/if~}}  .',
  ])('%j', (template) => {
    expect(ours(template)).toBe(theirs(template));
  });

  test.each([
    '{{unknown}}',
    '{{run.unknown}}',
    '{{unknown.test}}',

    '{{#if unknown.x}}1{{/if}}',
  ])('%s is a fault in both', (template) => {
    expect(() => ours(template)).toThrow();
    expect(() => theirs(template)).toThrow();
  });

  test.each([
    '{{helper name}}',
    '{{#with run}}{{/with}}',
    '{{> part}}',
    '{{@root}}',
    '{{#if yes includeZero=true}}{{/if}}',
  ])('%s is refused by the build', (template) => {
    expect(() => compileProse(template)).toThrow(/is not used in templates/);
  });
});
