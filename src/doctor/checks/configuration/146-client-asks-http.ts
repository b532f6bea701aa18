import { defineCheck, withClients } from '../../check.ts';
import { found } from '../../model.ts';

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
    withClients(facts, (clients) =>
      found(
        ...clients
          .filter(({ asksSse }) => asksSse)
          .map(({ file, line, name, url }) => ({
            subject: { file, line },
            actual: `${name}: "url": "${url}"`,
            expected: `"httpUrl": "${url}"`,
          })),
      ),
    ),
});
