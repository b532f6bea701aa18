import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { nodeBinary } from '../support/packages.ts';
import { allCases, casesFor } from './attack/cases/index.ts';
import { attack, complaintsOf, type Outcome } from './attack/run.ts';
import { patient } from './clock.ts';
import { makeProject, type Template } from './project.ts';
import { type Ground, prepareGround, unlimited } from './server.ts';

/** Versions of Node.js beside ours: the oldest that is supported, and a newer one. */
const versions = [20, 24];
const templates: readonly Template[] = ['todo', 'blank'];

/** Runs the whole list once; its parts are looked at one by one. */
describe.each(templates.flatMap((template) => versions.map((node) => ({ template, node }))))(
  '$template on Node $node',
  ({ template, node }) => {
    let ground: Ground;
    let outcomes: readonly Outcome[];

    beforeAll(async () => {
      const project = await makeProject(template);
      ground = await prepareGround(project, {
        node: await nodeBinary(node),
        env: unlimited,
        nodeOptions: patient,
      });
      // slow.test.ts sends those that wait for a time-out.
      outcomes = await attack(ground.target, ground.source, { slow: false });
    });

    afterAll(() => ground?.close());

    test('every attack is answered as it must be', () => {
      expect(complaintsOf(outcomes)).toEqual([]);
    });

    test('nothing was left out', () => {
      expect(outcomes.filter(({ skipped }) => skipped !== undefined)).toEqual([]);
      expect(outcomes.length).toBeGreaterThan(400);
    });

    test('the log holds no token, nor a part of one', () => {
      const log = ground.server.program.output;
      const parts = new Set(
        outcomes.flatMap(({ tokens }) => tokens.flatMap((token) => token.split('.').slice(1))),
      );
      const found = [...parts].filter((part) => part.length > 20 && log.includes(part));
      expect(found).toEqual([]);
      expect(log).not.toMatch(/eyJ[\w-]{10,}/);
    });

    test('every line of the log is JSON, without control characters', () => {
      const lines = ground.server.program.stderr.split('\n').filter((line) => line !== '');
      expect(lines.length).toBeGreaterThan(100);
      for (const line of lines) {
        expect(() => JSON.parse(line), line.slice(0, 200)).not.toThrow();
        // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
        expect(line).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/);
      }
    });

    test('the server is still there, and serves', async () => {
      expect(ground.server.program.running).toBe(true);
      const again = casesFor(ground.target).filter(({ id }) => id === 'protocol/the-call-of-today');
      const [outcome] = await attack(ground.target, ground.source, { cases: again });
      expect(outcome?.complaints).toEqual([]);
    });
  },
);

describe('the list of attacks', () => {
  test('has no id twice, and a source for each', () => {
    const ids = allCases.map(({ id }) => id);
    expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([]);
    expect(allCases.filter(({ source, title }) => source.length < 3 || title.length < 5)).toEqual([]);
  });
});
