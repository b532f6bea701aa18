import { checkPort } from '../../../scalekit/index.ts';
import { defineCheck, withSetting } from '../../check.ts';
import { found, passed } from '../../model.ts';
import { placeOf } from '../../settings.ts';

export default defineCheck({
  code: 'SKM111',
  level: 'error',
  side: 'env',
  holds: 'PORT is a port',
  title: 'PORT is not a port',
  why: 'The server cannot listen there.',
  fix: 'Set it to a whole number from 1 to 65535, such as 3002.',
  run: (facts) =>
    withSetting(facts, 'PORT', (setting) => {
      const checked = checkPort(setting.value);
      if (checked.ok) return passed(String(checked.value));
      const { actual, expected } = checked.problem;
      return found({ subject: placeOf(setting), actual, expected });
    }),
});
