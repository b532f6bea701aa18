// URIs that are read back into the variables of a template: as the SDK does it, and never slowly.
import { UriTemplate } from '@modelcontextprotocol/server';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { UriPattern } from '../../src/server/uri-pattern.ts';
import { call, post, resource, start } from './support.ts';

const names = fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd'), { minLength: 1, maxLength: 4 });
/** Few characters, so that literals and values are often mistaken for each other. */
const letters = fc.string({
  unit: fc.constantFrom('x', '-', '/', ',', '&', '?', '=', 'a', '\n'),
  maxLength: 12,
});
const literal = fc.string({ unit: fc.constantFrom('x', '-', '/', '.', '&'), maxLength: 2 });

/** A template of each form, with literals between its variables, or without. */
const template = fc
  .tuple(
    names,
    fc.array(fc.tuple(fc.constantFrom('', '+', '?', '&'), literal), { minLength: 4, maxLength: 4 }),
  )
  .map(([used, between]) =>
    used.map((name, index) => `{${between[index]?.[0] ?? ''}${name}}${between[index]?.[1] ?? ''}`).join(''),
  );
/** A URI that was made of the template, by putting in anything, or any other one. */
const uri = (text: string) =>
  fc.oneof(
    letters,
    fc.array(letters, { minLength: 4, maxLength: 4 }).map((values) =>
      text.replaceAll(/\{([?&])?\+?(\w)\}/g, (_, operator: string | undefined, name: string) => {
        const value = values['abcd'.indexOf(name)] ?? '';
        return operator === undefined ? value : `${operator}${name}=${value}`;
      }),
    ),
  );
const both = template.chain((text) => fc.tuple(fc.constant(text), uri(text)));

describe('a URI pattern', () => {
  it("matches what the SDK's template matches", () => {
    let read = 0;
    fc.assert(
      fc.property(both, ([text, rest]) => {
        const given = `x:${rest}`;
        const found = new UriPattern(`x:${text}`).match(given);
        const expected = new UriTemplate(`x:${text}`).match(given);
        if (expected !== null) read += 1;
        expect(found && Object.fromEntries(found)).toEqual(expected ?? undefined);
      }),
      { numRuns: 3000 },
    );
    expect(read, 'enough of them could be read').toBeGreaterThan(300);
  });

  it.each([
    ['note://{id}', 'note://1', { id: '1' }],
    ['a://{x}-{y}', 'a://1-2-3', { x: '1-2', y: '3' }],
    ['a://{x}-{+p}', 'a://1-b/2-c', { x: '1', p: 'b/2-c' }],
    ['a://{+p}{?from,to}', 'a://b/c?from=1&to=2', { p: 'b/c', from: '1', to: '2' }],
    ['a://{x}', 'a://', undefined],
    ['a://{x}', 'b://1', undefined],
  ])('%s of %s', (text, given, expected) => {
    const found = new UriPattern(text).match(given);
    expect(found && Object.fromEntries(found)).toEqual(expected);
  });

  it('does not backtrack on a URI that nearly fits in many ways', async () => {
    const server = await start({
      resources: ['a://{x}-{y}-{z}', 'b://{x}{y}{z}', 'c://{+x}-{+y}-{+z}'].map((template, index) =>
        resource({ uri: template, name: `r${index}`, scopes: [], read: () => '' }),
      ),
    });
    try {
      const token = await server.scalekit.mint();
      // Any backtracking would take hours.
      for (const given of ['a://', 'b://', 'c://'].map((scheme) => `${scheme}${'-'.repeat(60_000)}/\n`)) {
        const message = { ...call(''), method: 'resources/read', params: { uri: given } };
        const answer = await post(server.endpoint, { token, message });
        expect(await answer.json()).toMatchObject({ error: { message: 'There is no such resource' } });
      }
    } finally {
      await server.stop();
    }
  });
});
