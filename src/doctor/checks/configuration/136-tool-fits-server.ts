import { versionOf } from '../../advisories.ts';
import { defineCheck, withProject } from '../../check.ts';
import { found, passed, skipped } from '../../model.ts';
import { compareVersions, isSameLine } from '../../versions.ts';

/** The two are released together; a range with ^ keeps them on one line (0.1.x, or 1.x from 1.0 on). */
export default defineCheck({
  code: 'SKM136',
  level: 'warning',
  side: 'code',
  holds: 'The tool scalekit-mcp and its server package fit together',
  title: 'The tool scalekit-mcp and its server package do not fit together',
  why: 'They are released together: `dev`, `add` and the doctor may misjudge a server of another release.',
  fix: 'Bring the older one to the release of the other, then run your tests.',
  run: (facts) =>
    withProject(facts, ({ packages }) => {
      const named = (name: string) => packages.find((each) => each.ecosystem === 'npm' && each.name === name);
      const [tool, server] = [named('scalekit-mcp'), named('scalekit-mcp-server')];
      if (tool === undefined || server === undefined)
        return skipped('The project does not have both of them');
      const [ofTool, ofServer] = [versionOf(tool), versionOf(server)];
      if (ofTool === undefined || ofServer === undefined)
        return skipped('Which versions of them are installed cannot be seen');
      if (isSameLine(ofTool, ofServer))
        return passed(`scalekit-mcp ${ofTool}, scalekit-mcp-server ${ofServer}`);
      const isToolOlder = compareVersions(ofTool, ofServer) < 0;
      const [older, newer] = isToolOlder ? [tool, ofServer] : [server, ofTool];
      return found({
        subject: { file: older.file, line: older.line },
        actual: `scalekit-mcp ${ofTool} with scalekit-mcp-server ${ofServer}`,
        expected: `both of ${newer}`,
        ...(older.range.startsWith('file:')
          ? {}
          : { commands: [['npm', 'install', `${older.name}@^${newer}`]] }),
      });
    }),
});
