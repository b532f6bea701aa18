import { checkResourceId } from '../../../scalekit/index.ts';
import { areSwapped, type Check, withSetting } from '../../check.ts';
import { found, passed, skipped } from '../../model.ts';
import { placeOf } from '../../settings.ts';

/** Facts: Scalekit, documented failure 1. */
export const resourceId: Check = {
  code: 'SKM105',
  run: (facts) =>
    withSetting(facts, 'SCALEKIT_RESOURCE_ID', (setting, project) => {
      if (areSwapped(project)) return skipped('It is swapped with SCALEKIT_CLIENT_ID');
      const checked = checkResourceId(setting.value);
      if (checked.ok) return passed(checked.value);
      const { reason, actual, expected } = checked.problem;
      return found({ subject: placeOf(setting), title: reason, actual, expected });
    }),
};
