import { defineCheck, withProject } from '../../check.ts';
import { found, passed, skipped } from '../../model.ts';
import { compareVersions, leastVersion } from '../../versions.ts';

export default defineCheck({
  code: 'SKM131',
  level: 'error',
  side: 'machine',
  holds: 'Node is recent enough',
  title: 'Node is too old for this project',
  why: 'The project says which Node it needs; with an older one it fails in odd ways.',
  fix: 'Install a newer Node from https://nodejs.org/, or switch with your version manager.',
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
});
