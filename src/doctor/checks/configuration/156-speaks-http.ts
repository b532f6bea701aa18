import { defineCheck, withProject } from '../../check.ts';
import type { Facts, ProjectFacts } from '../../facts/index.ts';
import { serveHttp } from '../../frameworks.ts';
import { found, type Outcome, passed, skipped } from '../../model.ts';
import { isMcpServer } from '../../reading.ts';
import { listeningPort, usesScalekit } from '../../settings.ts';

/** Whatever the source says, something starts the server with a transport of its own. */
export function isServedAnyway({ server }: Facts): boolean {
  return server.known && server.value.noToken.answered && isMcpServer(server.value);
}

/** The finding about a source that serves by this transport instead of Streamable HTTP. */
export function servesOtherwise(
  project: ProjectFacts,
  { file, line, text }: NonNullable<ProjectFacts['transport']>,
): Outcome {
  const expected = serveHttp(project, listeningPort(project));
  return found({ subject: { file, line }, actual: text, expected, fix: `In ${file}: ${expected}` });
}

/** MCP, authorization: it is for HTTP; a stdio server takes its credentials from the environment. */
export default defineCheck({
  code: 'SKM156',
  level: 'error',
  side: 'code',
  holds: 'The server speaks HTTP',
  title: 'The server speaks over its standard input and output (stdio), where nobody can sign in',
  why: 'A stdio server is started by its client, on the same machine. It has no address, so OAuth and Scalekit have no part in it.',
  fix: 'Serve MCP over HTTP.',
  explains: ['SKM301', 'SKM302', 'SKM303', 'SKM112'],
  run: (facts) =>
    withProject(facts, (project) => {
      const { transport, startsElsewhere } = project;
      if (transport?.kind !== 'stdio') return passed();
      if (startsElsewhere || isServedAnyway(facts)) return passed('It is started with another transport');
      if (!usesScalekit(project)) return skipped('Nothing in this project speaks of Scalekit');
      return servesOtherwise(project, transport);
    }),
});
