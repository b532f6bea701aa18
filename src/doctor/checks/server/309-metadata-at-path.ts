import { defineCheck, withServer } from '../../check.ts';
import type { ServerFacts } from '../../facts/index.ts';
import { type Finding, found, type Outcome, passed, skipped, unreachable } from '../../model.ts';
import type { ProbeResult } from '../../probe.ts';
import { challengeOf, isGuarded, isPage, isSilent, objectOf, refusalOf, summary } from '../../reading.ts';

/** Clients that follow the challenge find the document elsewhere (MCP, Authorization: resource_metadata comes first). */
function whereNamed(server: ServerFacts): Partial<Finding> {
  const named = challengeOf(refusalOf(server))?.resource_metadata;
  const answer = [server.metadataRoot, server.metadataNamed].find((each) => each?.url === named);
  if (answer === undefined || objectOf(answer) === undefined) return {};
  return {
    level: 'advice',
    why: `Clients that read the refusal find it at ${named}. Some ask the usual place first, and take a 404 there for “no sign-in”.`,
  };
}

/**
 * Whether an answer is metadata. If it asks for a token or is a web page, another check deals with it.
 * @param more further fields of the finding.
 */
export function metadataIn(answer: ProbeResult, more: () => Partial<Finding>): Outcome {
  if (objectOf(answer)) return passed();
  if (isGuarded(answer)) return skipped('The server asks for a token there');
  if (isSilent(answer))
    return unreachable(`${answer.url}: ${summary(answer)}`, 'Try again when the server is less busy.');
  if (isPage(answer) && answer.answered && answer.status === 200) return skipped('A web page is answered');
  return found({
    subject: { url: answer.url },
    actual: summary(answer),
    expected: '200 with JSON',
    ...more(),
  });
}

/** RFC 9728 §3.1: if the resource has a path, the well-known part is inserted before it. */
export default defineCheck({
  code: 'SKM309',
  level: 'error',
  side: 'code',
  holds: 'The server’s metadata is where the specification puts it',
  title: 'The server’s metadata is not where the specification puts it',
  why: 'For a server at /mcp, clients ask /.well-known/oauth-protected-resource/mcp first.',
  fix: 'Serve the same JSON there, without asking for a token.',
  run: (facts) => withServer(facts, (server) => metadataIn(server.metadata, () => whereNamed(server))),
});
