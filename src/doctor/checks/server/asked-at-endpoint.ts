import { type Check, withServer } from '../../check.ts';
import { found, passed } from '../../model.ts';
import { summary } from '../../reading.ts';

/** Facts: Scalekit, documented failure 6. */
export const askedAtEndpoint: Check = {
  code: 'SKM319',
  run: (facts) =>
    withServer(facts, ({ given, atGiven, endpoint }) =>
      given === undefined || atGiven === undefined
        ? passed()
        : found({
            subject: { url: given },
            actual: `${given} answers ${summary(atGiven)}`,
            expected: endpoint,
          }),
    ),
};
