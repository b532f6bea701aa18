import { checkResourceId } from '../../../scalekit/index.ts';
import { areSwapped, defineCheck, withSetting } from '../../check.ts';
import { found, passed, skipped } from '../../model.ts';
import { placeOf } from '../../settings.ts';

/** docs/scalekit.md#documented-failures, 1. */
export default defineCheck({
  code: 'SKM105',
  level: 'error',
  side: 'env',
  holds: 'The resource id has the right form',
  title: 'The resource id has the wrong form',
  why: 'Every token names the resource id that it is for. With another kind of id here, the server refuses all of them.',
  fix: 'Copy the id that begins with res_ from Scalekit’s dashboard > MCP Servers > your server.',
  run: (facts) =>
    withSetting(facts, 'SCALEKIT_RESOURCE_ID', (setting, project) => {
      if (areSwapped(project)) return skipped('It is swapped with SCALEKIT_CLIENT_ID');
      const checked = checkResourceId(setting.value);
      if (checked.ok) return passed(checked.value);
      const { reason, actual, expected } = checked.problem;
      return found({ subject: placeOf(setting), title: reason, actual, expected });
    }),
});
