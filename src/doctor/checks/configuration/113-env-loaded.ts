import { defineCheck, withProject } from '../../check.ts';
import type { Facts } from '../../facts/index.ts';
import { loadEnvLine } from '../../frameworks.ts';
import { found, passed, skipped } from '../../model.ts';
import { resourceMetadata, strings } from '../../reading.ts';

/** The variables were loaded by what started the server: `node --env-file`, a process manager, a container. */
function hasSettings({ server, scalekit }: Facts): boolean {
  if (!server.known || !scalekit.known) return false;
  const named = resourceMetadata(server.value)?.authorization_servers;
  return strings(named).includes(scalekit.value.issuer);
}

/** docs/scalekit.md#documented-failures, 3. FastMCP reads only its own FASTMCP_ variables from `.env`. */
export default defineCheck({
  code: 'SKM113',
  level: 'error',
  side: 'code',
  holds: 'The program loads .env',
  title: 'The program reads variables, but nothing loads .env',
  why: 'A .env file does nothing by itself. Unless your shell sets the variables, the program sees none of them.',
  fix: 'Load the file as the first thing that the program does.',
  explains: ['SKM301', 'SKM302', 'SKM317'],
  run: (facts) =>
    withProject(facts, (project) => {
      const { kind, envFiles, variableReads, envLoads } = project;
      const line = project.kind === 'generated' ? undefined : loadEnvLine(project);
      const [read] = variableReads.filter(({ text }) => !text.startsWith('FASTMCP_'));
      if (line === undefined) return skipped(`A ${kind} project loads .env by itself`);
      if (envFiles.length === 0 || read === undefined)
        return skipped('Its source reads none of the variables');
      if (hasSettings(facts)) return passed('The running server has the settings');
      if (envFiles.some(({ loadedOutside }) => loadedOutside)) return passed('What starts it loads them');
      if (envLoads.length > 0) return passed(`${envLoads[0]?.file} loads it`);
      return found({
        subject: { file: read.file, line: read.line, variable: read.text },
        actual: `${read.file} reads ${read.text}, and nothing loads .env`,
        expected: line,
        fix: `Write it as the first thing that ${read.file} does: ${line}`,
      });
    }),
});
