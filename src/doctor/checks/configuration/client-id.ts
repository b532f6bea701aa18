import { checkClientId } from '../../../scalekit/index.ts';
import { areSwapped, type Check, withSetting } from '../../check.ts';
import { found, passed, skipped } from '../../model.ts';
import { placeOf } from '../../settings.ts';

/** Facts: Scalekit, identifiers and hosts. */
export const clientId: Check = {
  code: 'SKM106',
  run: (facts) =>
    withSetting(facts, 'SCALEKIT_CLIENT_ID', (setting, project) => {
      if (areSwapped(project)) return skipped('It is swapped with SCALEKIT_RESOURCE_ID');
      const checked = checkClientId(setting.value);
      if (checked.ok) return passed(checked.value);
      const { reason, actual, expected } = checked.problem;
      return found({ subject: placeOf(setting), title: reason, actual, expected });
    }),
};
