import { endpoints, isUrl, parseIssuer } from '../../../scalekit/index.ts';
import { defineCheck, withResourceMetadata } from '../../check.ts';
import type { Facts } from '../../facts/index.ts';
import { found, passed, skipped } from '../../model.ts';
import { keyList, strings } from '../../reading.ts';
import { settingOf } from '../../settings.ts';

const scalekitHost = /\.scalekit\.(?:dev|cloud|com)$/;

/** Whether a URL is a Scalekit environment: by its name, by the settings, or because its keys are where Scalekit has them. */
function isEnvironment(url: URL, { project, scalekit }: Facts): boolean {
  if (scalekitHost.test(url.hostname)) return true;
  const own = project.known ? settingOf(project.value, 'SCALEKIT_ENVIRONMENT_URL')?.value : undefined;
  if (own !== undefined && isUrl(own) && new URL(own).origin === url.origin) return true;
  return (
    scalekit.known &&
    new URL(scalekit.value.issuer).origin === url.origin &&
    keyList(scalekit.value) !== undefined
  );
}

/** docs/scalekit.md#endpoints: the issuer of an MCP server is `{env}/resources/{res}`; the environment alone has no metadata. */
export default defineCheck({
  code: 'SKM352',
  level: 'error',
  side: 'code',
  holds: 'The server’s metadata names its own authorization server at Scalekit',
  title: 'The server’s metadata names the Scalekit environment, and not this server in it',
  why: 'At Scalekit each MCP server has an authorization server of its own, under /resources/res_…. Clients ask the bare environment for its metadata, find none, and cannot sign in.',
  fix: 'Write https://<environment>/resources/res_… into "authorization_servers".',
  explains: ['SKM204', 'SKM205', 'SKM206', 'SKM317'],
  run: (facts) =>
    withResourceMetadata(facts, ({ authorization_servers: list }, { metadata }) => {
      const [named] = strings(list);
      if (named === undefined || !isUrl(named)) return skipped('The metadata names none');
      const url = new URL(named);
      if (parseIssuer(named) !== undefined) return passed(named);
      if (!isEnvironment(url, facts)) return skipped('It is not Scalekit’s');
      const id = facts.project.known
        ? settingOf(facts.project.value, 'SCALEKIT_RESOURCE_ID')?.value
        : undefined;
      return found({
        subject: { url: metadata.url },
        actual: named,
        expected: endpoints(url.origin, id || 'res_…').issuer,
      });
    }),
});
