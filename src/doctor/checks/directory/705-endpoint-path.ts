import { defineCheck, withServer } from '../../check.ts';
import { found, passed, skipped } from '../../model.ts';

/** OpenAI, "App submission guidelines": the endpoint is at /mcp. */
export default defineCheck({
  code: 'SKM705',
  level: 'error',
  side: 'code',
  holds: 'The endpoint is where the directory expects it',
  title: 'The endpoint is not at /mcp, where the directory expects it',
  why: 'OpenAI’s directory takes servers whose address ends in /mcp.',
  fix: 'Serve MCP at /mcp, and set the Server URL and clients accordingly.',
  run: (facts) =>
    withServer(facts, ({ endpoint }) => {
      if (facts.directory?.name !== 'openai') return skipped('Only OpenAI’s directory asks for a path');
      if (new URL(endpoint).pathname.endsWith('/mcp')) return passed(endpoint);
      return found({ subject: { url: endpoint }, actual: new URL(endpoint).pathname, expected: '/mcp' });
    }),
});
