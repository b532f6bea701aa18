import { checkEnvironmentUrl } from '../../../scalekit/index.ts';
import { defineCheck, withSetting } from '../../check.ts';
import { found, passed } from '../../model.ts';
import { editOf, placeOf } from '../../settings.ts';

/** @returns the URL that was meant, where a missing scheme or a path is all that is wrong. */
function meant(value: string): string | undefined {
  const withScheme = /^[a-z]+:\/\//i.test(value) ? value : `https://${value}`;
  if (!URL.canParse(withScheme)) return undefined;
  const origin = checkEnvironmentUrl(new URL(withScheme).origin);
  return origin.ok ? origin.value : undefined;
}

/** Facts: Scalekit, documented failure 4. */
export default defineCheck({
  code: 'SKM104',
  level: 'error',
  side: 'env',
  holds: 'The environment URL has the right form',
  title: 'The environment URL has a wrong form',
  why: 'The server looks for Scalekit’s keys under this URL and finds nothing there.',
  fix: 'Set it to your environment’s URL from Scalekit’s dashboard > Settings: https:// and the host, nothing after it.',
  run: (facts) =>
    withSetting(facts, 'SCALEKIT_ENVIRONMENT_URL', (setting) => {
      const checked = checkEnvironmentUrl(setting.value);
      if (checked.ok) return passed(checked.value);
      const { reason, actual, expected } = checked.problem;
      const url = meant(setting.value);
      const edits = url === undefined ? {} : { edits: editOf(setting, url) };
      return found({ subject: placeOf(setting), title: reason, actual, expected: url ?? expected, ...edits });
    }),
});
