import { describe, expect, test } from 'vitest';
import { nodeBinary } from '../support/packages.ts';
import { allCases } from './attack/cases/index.ts';
import { describeAttack } from './attack-suite.ts';
import { patient } from './clock.ts';
import { makeProject, type Template } from './project.ts';
import { prepareGround, unlimited } from './server.ts';

/** Versions of Node.js beside ours: the oldest that is supported, and a newer one. */
const versions = [20, 24];
const templates: readonly Template[] = ['todo', 'blank'];

for (const template of templates)
  for (const version of versions)
    describeAttack(`${template} on Node ${version}`, async () => {
      const node = await nodeBinary(version);
      return prepareGround(await makeProject(template), { node, env: unlimited, nodeOptions: patient });
    });

describe('the list of attacks', () => {
  test('has no id twice, and a source for each', () => {
    const ids = allCases.map(({ id }) => id);
    expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([]);
    expect(allCases.filter(({ source, title }) => source.length < 3 || title.length < 5)).toEqual([]);
  });
});
