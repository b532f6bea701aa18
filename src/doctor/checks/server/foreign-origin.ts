import { isLoopback } from '../../../scalekit/index.ts';
import { type Check, withServer } from '../../check.ts';
import { found, passed } from '../../model.ts';
import { corsOf, succeeded, summary } from '../../reading.ts';

/** MCP, security: "servers MUST validate the Origin header" (403). Without a token a 401 hides whether it would. */
export const foreignOrigin: Check = {
  code: 'SKM333',
  run: (facts) =>
    withServer(facts, ({ foreignOrigin, endpoint }) => {
      const origin = 'https://attacker.example';
      const withToken = facts.tools.known ? facts.tools.value.foreignOrigin : foreignOrigin;
      const answer = succeeded(withToken) ? withToken : foreignOrigin;
      const reflects = corsOf(answer).allows(origin);
      if (!succeeded(answer) && !reflects) return passed(summary(answer));
      const allows = `, with Access-Control-Allow-Origin for ${origin}`;
      return found({
        subject: { url: endpoint },
        actual: `${summary(answer)} to a call from ${origin}${reflects ? allows : ''}`,
        expected: '403',
        level: succeeded(answer) || isLoopback(new URL(endpoint)) ? 'error' : 'warning',
      });
    }),
};
