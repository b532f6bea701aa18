import { isPlaceholder } from '../../../scalekit/index.ts';
import { type Check, withProject } from '../../check.ts';
import { found } from '../../model.ts';
import { placeOf } from '../../settings.ts';

/** Facts: Scalekit, documented failure 3. */
export const noPlaceholders: Check = {
  code: 'SKM103',
  run: (facts) =>
    withProject(facts, ({ settings }) =>
      found(
        ...settings
          .filter(({ value }) => value !== '' && isPlaceholder(value))
          .map((setting) => ({ subject: placeOf(setting), actual: setting.value })),
      ),
    ),
};
