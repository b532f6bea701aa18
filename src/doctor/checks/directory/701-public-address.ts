import { isLoopback, portOf } from '../../../scalekit/index.ts';
import { defineCheck, withServer } from '../../check.ts';
import { found, passed, skipped } from '../../model.ts';

/** OpenAI, "App submission guidelines"; Anthropic, "Remote MCP server submission": a public https address. */
export default defineCheck({
  code: 'SKM701',
  level: 'error',
  side: 'proxy',
  holds: 'The directory can reach the server',
  title: 'The directory cannot reach the server',
  why: 'Directories list servers with a public https address on port 443 only.',
  fix: 'Deploy the server under a name of its own, with https on port 443.',
  run: (facts) =>
    withServer(facts, ({ endpoint }) => {
      if (facts.directory === undefined) return skipped('No directory was asked about (--directory)');
      const url = new URL(endpoint);
      if (isLoopback(url)) return skipped('It is on this machine: its address counts once it is deployed');
      if (url.protocol === 'https:' && portOf(url) === 443) return passed(endpoint);
      return found({ subject: { url: endpoint }, actual: endpoint, expected: 'https on port 443' });
    }),
});
