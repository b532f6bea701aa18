import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { nodeBinary } from '../support/packages.ts';
import { casesFor } from './attack/cases/index.ts';
import { attack, complaintsOf, type Outcome } from './attack/run.ts';
import { patient } from './clock.ts';
import { makeProject, type Template } from './project.ts';
import { type Ground, prepareGround, unlimited } from './server.ts';

/**
 * Declares the tests of one server under attack. The whole list runs once; its parts are judged one by one.
 * @param prepare starts the server.
 */
export function describeAttack(title: string, prepare: () => Promise<Ground>): void {
  describe(title, () => {
    let ground: Ground;
    let outcomes: readonly Outcome[];

    beforeAll(async () => {
      ground = await prepare();
      // slow.test.ts sends those that wait for a time-out.
      outcomes = await attack(ground.target, ground.source, { slow: false });
    });

    afterAll(() => ground?.close());

    test('every attack gets the answer it must get', () => {
      expect(complaintsOf(outcomes)).toEqual([]);
    });

    test('no case was skipped without a reason', () => {
      expect(outcomes.filter(({ skipped }) => skipped !== undefined)).toEqual([]);
      expect(outcomes.length).toBeGreaterThan(400);
    });

    test('the log holds no token and no part of one', () => {
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

    test('the server still runs and serves', async () => {
      expect(ground.server.program.running).toBe(true);
      const again = casesFor(ground.target).filter(({ id }) => id === 'protocol/the-call-of-today');
      const [outcome] = await attack(ground.target, ground.source, { cases: again });
      expect(outcome?.complaints).toEqual([]);
    });
  });
}

/** Declares those of a generated server on this major version of Node.js. */
export function describeAttackOnNode(template: Template, version: number): void {
  describeAttack(`${template} on Node ${version}`, async () => {
    const node = await nodeBinary(version);
    return prepareGround(await makeProject(template), { node, env: unlimited, altered: patient });
  });
}
