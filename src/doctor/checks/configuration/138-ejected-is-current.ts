import { defineCheck, withProject } from '../../check.ts';
import { found, passed, skipped } from '../../model.ts';
import { listed, serverFixesSince } from '../../releases.ts';

export default defineCheck({
  code: 'SKM138',
  level: 'advice',
  side: 'code',
  holds: 'The ejected protection is as the package is',
  title: 'The package has been fixed since its source was ejected',
  why: 'The ejected source is yours: an update of the package does not bring you its fixes.',
  fix: 'Read what was fixed since, and apply what concerns you.',
  run: (facts) =>
    withProject(facts, ({ ejected }) => {
      if (ejected === undefined) return skipped('The protection is not ejected');
      const fixes = serverFixesSince(ejected.version);
      const [last] = fixes;
      if (last === undefined) return passed(`Nothing was fixed since ${ejected.version}`);
      return found({
        subject: { file: `${ejected.folder}/` },
        actual: `${ejected.version}, without ${listed(fixes)}`,
        expected: `scalekit-mcp-server ${last.version}`,
        fix: `Compare ${ejected.folder} with the TypeScript in scalekit-mcp-server ${last.version} (npm pack scalekit-mcp-server@${last.version}), and take over what concerns you.`,
      });
    }),
});
