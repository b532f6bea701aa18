import { defineCheck, withProject } from '../../check.ts';
import { found, passed, skipped } from '../../model.ts';
import { releases } from '../../releases.ts';
import { compareVersions } from '../../versions.ts';

export default defineCheck({
  code: 'SKM140',
  level: 'warning',
  side: 'code',
  holds: 'The protection in protection/ is of the newest release',
  title: 'The protection in protection/ is of an older release',
  why: 'No package brings it what was mended since: it is a folder of the project, and `update` replaces it.',
  fix: 'Bring it up to date, run your tests, and deploy it.',
  run: (facts) =>
    withProject(facts, ({ protection }) => {
      if (protection === undefined) return skipped('The project has no protection/ with a version');
      const newest = releases[0]?.version ?? protection.text;
      if (compareVersions(protection.text, newest) >= 0) return passed(`protection/ ${protection.text}`);
      return found({
        subject: { file: protection.file, line: protection.line },
        actual: protection.text,
        expected: newest,
        commands: [['npx', 'scalekit-mcp', 'update']],
      });
    }),
});
