import { checkMcpUrl, isLoopback, portOf } from '../../../scalekit/index.ts';
import { defineCheck, withSetting } from '../../check.ts';
import type { Facts, ProjectFacts, Setting } from '../../facts/index.ts';
import { type Finding, found, passed, skipped } from '../../model.ts';
import { clientsAgreeOn, editOf, listeningPort, placeOf, settingOf } from '../../settings.ts';

/** PORT is the one to change: the dashboard and the clients know MCP_URL, and nobody else knows PORT. */
function disagreement(
  project: ProjectFacts,
  mcpUrl: Setting,
  url: URL,
  listening: number,
  runningAt: number | undefined,
): Finding {
  const wanted = portOf(url);
  const port = settingOf(project, 'PORT');
  const actual = `PORT${port === undefined ? ` is not set, which means ${listening}` : `=${listening}`}, ${mcpUrl.name}=${mcpUrl.value}`;
  if (runningAt === listening || clientsAgreeOn(project, listening)) {
    url.port = String(listening);
    const reason =
      runningAt === listening
        ? 'where the server is running'
        : 'which is what the clients in this project use';
    const expected = `${mcpUrl.name}=${url.href}, ${reason}`;
    return { subject: placeOf(mcpUrl), actual, expected, edits: editOf(mcpUrl, url.href) };
  }
  const place = port ?? { ...mcpUrl, name: 'PORT' };
  const subject = port === undefined ? placeOf(mcpUrl) : placeOf(port);
  return { subject, actual, expected: `PORT=${wanted}`, edits: editOf(place, String(wanted)) };
}

/** What runs counts more than what is written. @returns the port at which this project's server was found, if it is not MCP_URL's. */
function runsAt({ server }: Facts): number | undefined {
  const local = server.known ? server.value.localPort : undefined;
  return local?.answers ? local.port : undefined;
}

/** docs/scalekit.md#documented-failures, 2 and 5. */
export default defineCheck({
  code: 'SKM112',
  level: 'error',
  side: 'env',
  holds: 'MCP_URL has the port that the server listens on',
  title: 'MCP_URL does not have the port that the server listens on',
  why: 'Clients are sent to the port in MCP_URL, where this server is not.',
  fix: 'Make the two the same. If it is MCP_URL that you change, change it in the clients and in Scalekit’s dashboard (Server URL) too.',
  explains: ['SKM301', 'SKM303', 'SKM143'],
  run: (facts) =>
    withSetting(facts, 'MCP_URL', (mcpUrl, project) => {
      const listening = listeningPort(project);
      const checked = checkMcpUrl(mcpUrl.value);
      if (listening === undefined || !checked.ok) return skipped('PORT and MCP_URL are not both usable');
      const url = new URL(checked.value);
      if (!isLoopback(url)) return skipped('MCP_URL is public, so a proxy in front decides the port');
      if (portOf(url) === listening) return passed(String(listening));
      const way = project.publishedPorts.find(
        ({ published, container }) => published === portOf(url) && container === listening,
      );
      if (way !== undefined) return passed(`${way.file} leads ${way.published} to ${way.container}`);
      return found(disagreement(project, mcpUrl, url, listening, runsAt(facts)));
    }),
});
