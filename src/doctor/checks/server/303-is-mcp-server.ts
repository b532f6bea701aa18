import { defineCheck, withFact } from '../../check.ts';
import type { Facts, PortOwner, ServerFacts } from '../../facts/index.ts';
import { mountedAt } from '../../frameworks.ts';
import { isInterfered, isOnThisMachine, isStranger } from '../../interference.ts';
import { lineFor, whoAnswered } from '../../intermediaries.ts';
import { type Finding, found, passed, skipped } from '../../model.ts';
import type { ProbeResult } from '../../probe.ts';
import { isFirewall, isMcpServer, isOldStream, isRedirect, reasonOf, summary } from '../../reading.ts';

/** @returns which program answers, e.g. `, from node (process 42), started in ~/shop`. */
export function describeOwner(owner: PortOwner | undefined): string {
  if (owner === undefined) return '';
  const { name, directory, commandLine } = owner;
  const where = directory === undefined ? '' : `, started in ${directory}`;
  return `, from ${name}${where}${commandLine === undefined ? '' : `: ${commandLine}`}`;
}

/** What was answered, in its own words, and by whom, if that is known. */
function saidBy(answer: ProbeResult): string {
  const [reason, who] = [reasonOf(answer), whoAnswered(answer)];
  return `${summary(answer)}${reason === '' ? '' : ` (${reason})`}${who === undefined ? '' : `, through ${who}`}`;
}

/** Only a URL was given: perhaps only the URL is wrong. */
function wrongAddress({ noToken }: ServerFacts): Partial<Finding> {
  const who = whoAnswered(noToken);
  const route = lineFor('route', [noToken]);
  return {
    side: 'client',
    why: 'Something answers, but does not speak MCP: the path is wrong, or the address leads to another program.',
    fix:
      who === undefined
        ? route
        : `Check the URL, path included, and that ${who} has a route for it that leads to the MCP server. ${route}`,
  };
}

/** Why another check deals with an answer that is not MCP's. */
function otherFinding(server: ServerFacts): string | undefined {
  const { noToken, eventStream } = server;
  const status = noToken.answered ? noToken.status : 0;
  const reasons: ReadonlyArray<readonly [boolean, string]> = [
    [isInterfered(server), 'Something in front of it answers instead'],
    [isOldStream(eventStream), 'It speaks SSE'],
    [status === 429, 'It was asked too often'],
    [isRedirect(noToken), 'It answers with a redirect'],
    [isFirewall(noToken), 'A firewall answers in its place'],
    [status >= 500 && !isStranger(server), 'It fails on every request'],
  ];
  return reasons.find(([holds]) => holds)?.[1];
}

/** The port and the program are right, but it does not serve MCP at this path. */
function ownServer({ project }: Facts, endpoint: string): Partial<Finding> {
  const { pathname } = new URL(endpoint);
  return {
    title: `This project’s server answers, but has no MCP at ${pathname}`,
    side: 'code',
    why: 'The program was started from this folder, so it is yours. It answers at this path without speaking MCP: MCP is served at another path, over another transport, or not at all.',
    fix: mountedAt(project.known ? project.value : undefined, pathname),
  };
}

/** docs/scalekit.md#documented-failures, 5: the port belongs to another program. */
export default defineCheck({
  code: 'SKM303',
  level: 'error',
  side: 'machine',
  holds: 'What answers at the address is an MCP server',
  title: 'What answers at the address is not an MCP server',
  why: 'Another program has the port, or the address leads elsewhere.',
  fix: 'Stop the other program or give the server another PORT (and MCP_URL the same one); for a public address, check where it leads.',
  run: (facts) =>
    withFact(facts.server, (server) => {
      const { noToken, endpoint, portOwner } = server;
      const isFlood = !noToken.answered && noToken.failure === 'too-large';
      if (!noToken.answered && !isFlood) return skipped('The server does not answer');
      if (isMcpServer(server) && !isInterfered(server)) return passed();
      const other = otherFinding(server);
      if (other !== undefined) return skipped(other);
      return found({
        subject: { url: endpoint },
        actual: `${saidBy(noToken)}${describeOwner(portOwner)}`,
        expected: '401, or an answer to an MCP message',
        ...(portOwner?.isOwn ? ownServer(facts, endpoint) : {}),
        ...(facts.project.known && isOnThisMachine(server) ? {} : wrongAddress(server)),
      });
    }),
});
