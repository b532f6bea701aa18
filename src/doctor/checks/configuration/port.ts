import { checkPort } from '../../../scalekit/index.ts';
import { type Check, withSetting } from '../../check.ts';
import { found, passed } from '../../model.ts';
import { placeOf } from '../../settings.ts';

export const port: Check = {
  code: 'SKM111',
  run: (facts) =>
    withSetting(facts, 'PORT', (setting) => {
      const checked = checkPort(setting.value);
      if (checked.ok) return passed(String(checked.value));
      const { actual, expected } = checked.problem;
      return found({ subject: placeOf(setting), actual, expected });
    }),
};
