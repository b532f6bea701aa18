import { defineCheck, withClients } from '../../check.ts';
import type { ClientEntry } from '../../facts/index.ts';
import { type Finding, found, skipped } from '../../model.ts';

function findingOf({ file, line, name, url, client, sseText }: ClientEntry): Finding {
  const subject = { file, line };
  if (client === 'gemini')
    return { subject, actual: `${name}: "url": "${url}"`, expected: `"httpUrl": "${url}"` };
  return {
    subject,
    actual: `${name}: "type": "sse"`,
    expected: '"type": "http"',
    why: 'The client asks for the transport from before 2025, which this server does not speak.',
    fix: `Write "type": "http" instead of "type": "sse" in ${file}.`,
    ...(sseText === undefined
      ? {}
      : { edits: [{ kind: 'replace', file, before: sseText, after: sseText.replace('sse', 'http') }] }),
  };
}

/** docs/mcp.md, client files: Gemini CLI takes `httpUrl` for Streamable HTTP, and `url` for SSE. */
export default defineCheck({
  code: 'SKM146',
  level: 'error',
  side: 'client',
  holds: 'Clients use Streamable HTTP',
  title: 'A client is configured for the old SSE transport',
  why: 'To Gemini CLI the key "url" means SSE, which this server does not speak; "httpUrl" means Streamable HTTP.',
  fix: 'Run npx scalekit-mcp connect gemini, which writes "httpUrl" instead of "url"; or write it yourself.',
  run: (facts) =>
    withClients(facts, (clients, _, { transport }) =>
      transport?.kind === 'sse'
        ? skipped('The server itself speaks SSE')
        : found(...clients.filter(({ asksSse }) => asksSse).map(findingOf)),
    ),
});
