import { type Check, withServer } from '../../check.ts';
import { found, passed } from '../../model.ts';

export const tokenRequired: Check = {
  code: 'SKM304',
  run: (facts) =>
    withServer(facts, ({ noToken, endpoint }) =>
      noToken.answered && noToken.status >= 200 && noToken.status < 300
        ? found({ subject: { url: endpoint }, actual: String(noToken.status), expected: '401' })
        : passed(),
    ),
};
