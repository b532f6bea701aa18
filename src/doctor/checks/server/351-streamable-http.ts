import { defineCheck, withAnswer } from '../../check.ts';
import { serveHttp } from '../../frameworks.ts';
import { found, passed, skipped } from '../../model.ts';
import { isMcpAnswer, isOldStream } from '../../reading.ts';

/** MCP 2025-03-26, transports: Streamable HTTP replaces HTTP with SSE of 2024-11-05. */
export default defineCheck({
  code: 'SKM351',
  level: 'error',
  side: 'code',
  holds: 'The server speaks Streamable HTTP',
  title: 'The server speaks only the old SSE transport',
  why: 'It opens a stream instead of answering calls. Today’s clients speak Streamable HTTP, and many have dropped SSE, which MCP replaced in March 2025.',
  fix: 'Serve MCP over Streamable HTTP.',
  explains: ['server', 'tools'],
  run: (facts) =>
    withAnswer(facts, ({ noToken, eventStream, endpoint }) => {
      if (isMcpAnswer(noToken)) return passed();
      if (!isOldStream(eventStream)) return skipped('What answers there is not a stream');
      return found({
        subject: { url: endpoint },
        actual: 'an event stream to GET, and no answer to a message',
        expected: 'an answer to POST',
        fix: serveHttp(facts.project.known ? facts.project.value : undefined),
      });
    }),
});
