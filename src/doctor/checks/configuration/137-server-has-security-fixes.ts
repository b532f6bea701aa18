import { versionOf } from '../../advisories.ts';
import { defineCheck, withProject } from '../../check.ts';
import { found, passed, skipped } from '../../model.ts';
import { listed, serverFixesSince } from '../../releases.ts';

export default defineCheck({
  code: 'SKM137',
  level: 'error',
  side: 'code',
  holds: 'The protection has every security fix',
  title: 'The protection lacks a security fix',
  why: 'Anyone who reads the list of fixes knows the hole, and your server still has it.',
  fix: 'Update scalekit-mcp-server, run your tests, and deploy it.',
  explains: ['SKM138'],
  run: (facts) =>
    withProject(facts, ({ packages, ejected }) => {
      const server = packages.find(({ name }) => name === 'scalekit-mcp-server');
      const version = server === undefined ? ejected?.version : versionOf(server);
      if (version === undefined)
        return skipped('Which version of scalekit-mcp-server is used cannot be seen');
      const fixes = serverFixesSince(version, 'security');
      const [last] = fixes;
      if (last === undefined) return passed(`scalekit-mcp-server ${version}`);
      const where =
        server === undefined
          ? {
              subject: { file: `${ejected?.folder}/` },
              fix: `Take these fixes over into ${ejected?.folder}: compare it with scalekit-mcp-server ${last.version} (npm pack scalekit-mcp-server@${last.version}), whose TypeScript is in the package.`,
            }
          : {
              subject: { file: server.file, line: server.line },
              ...(server.range.startsWith('file:')
                ? {}
                : { commands: [['npm', 'install', `scalekit-mcp-server@^${last.version}`]] }),
            };
      return found({
        ...where,
        actual: `${version}, without ${listed(fixes)}`,
        expected: `${last.version} or later`,
      });
    }),
});
