import { compoundVariables } from '../../../scalekit/index.ts';
import { defineCheck, withResourceMetadata } from '../../check.ts';
import type { Facts, ProjectFacts } from '../../facts/index.ts';
import { found, passed, skipped } from '../../model.ts';
import { compareResource } from '../../resource-relation.ts';

import { settingOf } from '../../settings.ts';

/** Where "resource" comes from: a variable that holds the whole document, MCP_URL, or an option of the framework. */
function fixIn({ project }: Facts, endpoint: string): { readonly fix?: string } {
  if (!project.known) return {};
  const { envFiles, framework } = project.value;
  const names: readonly string[] = compoundVariables.metadata;
  const lines = envFiles.flatMap(({ file, lines: own }) => own.map((line) => ({ ...line, file })));
  const holder = lines.find(({ name, isEmpty }) => names.includes(name) && !isEmpty);
  if (holder !== undefined)
    return {
      fix: `Write "resource":"${endpoint}" in ${holder.name} (${holder.file}, line ${holder.line}), start the server again, and give clients exactly this URL.`,
    };
  const line = resourceLine(project.value, endpoint);
  if (line !== undefined) return { fix: `${line}. Start the server again.` };
  const setting = settingOf(project.value, 'MCP_URL');
  if (setting === undefined || !['generated', 'fastmcp'].includes(framework)) return {};
  return {
    fix: `Set ${setting.name} to the public base URL of this server, start it again, and give clients exactly the URL in "resource".`,
  };
}

/** @returns the option that "resource" is made from, where a framework has one. */
function resourceLine({ framework }: ProjectFacts, endpoint: string): string | undefined {
  if (framework === 'express' || framework === 'sdk')
    return `mcpAuthMetadataRouter({ …, resourceServerUrl: new URL("${endpoint}") }), or "resource" in your own document: the endpoint with its path`;
  return framework === 'next'
    ? `protectedResourceHandler({ authServerUrls: […], resourceUrl: "${endpoint}" })`
    : undefined;
}

/** RFC 9728 §3.3: `resource` must be identical to the URL that the client used (documented failure 8). */
export default defineCheck({
  code: 'SKM313',
  level: 'error',
  side: 'env',
  holds: 'The server’s metadata is about the URL that clients use',
  title: 'The server’s metadata is about a URL other than the one that clients use',
  why: 'Clients compare "resource" with the URL they were given, character by character, and stop if they differ: it could be another server’s metadata.',
  fix: 'Write the URL that clients use, with its path, into "resource", start the server again, and give clients exactly this URL.',
  run: (facts) =>
    withResourceMetadata(facts, ({ resource }, { endpoint, metadata }) => {
      const relation = compareResource(resource, endpoint);
      if (relation === 'equal') return passed(endpoint);
      if (relation === 'inner' || relation === 'other-loopback-name')
        return skipped('It has a cause of its own');
      return found({
        subject: { url: metadata.url },
        actual:
          typeof resource === 'string' ? resource : `resource is ${JSON.stringify(resource) ?? 'missing'}`,
        expected: endpoint,
        ...fixIn(facts, endpoint),
        // Most clients accept a base URL; strict ones do not.
        ...(relation === 'base' ? { level: 'warning' as const } : {}),
      });
    }),
});
