import { defineCheck, withServer } from '../../check.ts';
import { found, passed } from '../../model.ts';

export default defineCheck({
  code: 'SKM304',
  level: 'error',
  side: 'code',
  holds: 'A call without a token is refused',
  title: 'The server lets everybody in: a call without a token is answered',
  why: 'Anyone who can reach this address can use its tools.',
  fix: 'Check the token before the request reaches MCP: in a project of ours by serve() or createServer() of scalekit-mcp-server; in FastMCP pass auth=ScalekitProvider(…).',
  run: (facts) =>
    withServer(facts, ({ noToken, endpoint }) =>
      noToken.answered && noToken.status >= 200 && noToken.status < 300
        ? found({ subject: { url: endpoint }, actual: String(noToken.status), expected: '401' })
        : passed(),
    ),
});
