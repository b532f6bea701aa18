import { type Check, withFact } from '../../check.ts';
import { found, passed } from '../../model.ts';

export const builds: Check = {
  code: 'SKM151',
  run: ({ start }) =>
    withFact(start, ({ buildError }) =>
      buildError === undefined ? passed() : found({ subject: {}, actual: buildError }),
    ),
};
