import { type Check, withProject } from '../../check.ts';
import { found, passed, skipped } from '../../model.ts';
import { compareVersions, leastVersion } from '../../versions.ts';

export const nodeVersion: Check = {
  code: 'SKM131',
  run: (facts) =>
    withProject(facts, ({ nodeRange }) => {
      const least = nodeRange === undefined ? undefined : leastVersion(nodeRange);
      if (least === undefined) return skipped('The project asks for no Node version');
      if (compareVersions(facts.node, least) >= 0) return passed(`Node ${facts.node}`);
      return found({
        subject: { file: 'package.json', variable: 'engines.node' },
        actual: `Node ${facts.node}`,
        expected: nodeRange ?? least,
      });
    }),
};
