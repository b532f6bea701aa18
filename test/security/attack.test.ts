import { describe, expect, test } from 'vitest';
import { allCases } from './attack/cases/index.ts';
import { describeAttackOnNode } from './attack-suite.ts';

// The oldest version of Node.js that is supported, and a newer one; test/world/security has each template on the other.
describeAttackOnNode('todo', 20);
describeAttackOnNode('blank', 24);

describe('the list of attacks', () => {
  test('has no id twice, and a source for each', () => {
    const ids = allCases.map(({ id }) => id);
    expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([]);
    expect(allCases.filter(({ source, title }) => source.length < 3 || title.length < 5)).toEqual([]);
  });
});
