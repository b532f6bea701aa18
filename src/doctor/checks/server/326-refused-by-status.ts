import { defineCheck, withAnswer } from '../../check.ts';
import { isRefusalIn200 } from '../../interference.ts';
import { found, passed } from '../../model.ts';
import { reasonOf } from '../../reading.ts';

/** RFC 9110 §15.5.2; MCP, authorization, "Error handling": invalid or missing tokens are answered with HTTP 401. */
export default defineCheck({
  code: 'SKM326',
  level: 'error',
  side: 'code',
  holds: 'A refusal has the HTTP status of one',
  title: 'The refusal comes with the status 200, so no client notices it',
  why: 'Clients sign in when they get HTTP 401. An error inside a 200 is shown to the user as a failed call, and nobody signs in.',
  fix: 'Answer a missing or bad token with HTTP 401 and WWW-Authenticate, before the request reaches the MCP transport: a middleware in front of it, and no error thrown in a handler.',
  explains: ['server', 'tools'],
  run: (facts) =>
    withAnswer(facts, ({ noToken, endpoint }) =>
      isRefusalIn200(noToken)
        ? found({
            subject: { url: endpoint },
            actual: `200 with the error “${reasonOf(noToken)}”`,
            expected: '401 with WWW-Authenticate',
          })
        : passed(),
    ),
});
