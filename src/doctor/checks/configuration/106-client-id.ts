import { checkClientId } from '../../../scalekit/index.ts';
import { areSwapped, defineCheck, withSetting } from '../../check.ts';
import { found, passed, skipped } from '../../model.ts';
import { placeOf } from '../../settings.ts';

/** docs/scalekit.md#identifiers-and-hosts. */
export default defineCheck({
  code: 'SKM106',
  level: 'warning',
  side: 'env',
  holds: 'The client id has the right form',
  title: 'The client id has the wrong form',
  why: 'It is not needed to check tokens, but calls to Scalekit’s API will fail with it.',
  fix: 'Copy the id that begins with skc_ from Scalekit’s dashboard > Settings > API credentials.',
  run: (facts) =>
    withSetting(facts, 'SCALEKIT_CLIENT_ID', (setting, project) => {
      if (areSwapped(project)) return skipped('It is swapped with SCALEKIT_RESOURCE_ID');
      const checked = checkClientId(setting.value);
      if (checked.ok) return passed(checked.value);
      const { reason, actual, expected } = checked.problem;
      return found({ subject: placeOf(setting), title: reason, actual, expected });
    }),
});
