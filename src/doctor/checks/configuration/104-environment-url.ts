import { checkEnvironmentUrl, isUrl } from '../../../scalekit/index.ts';
import { defineCheck, withSetting } from '../../check.ts';
import { found, passed } from '../../model.ts';
import { editOf, placeOf } from '../../settings.ts';

/** Characters that no host name has: a value with these was not meant as a URL, or is more than one. */
const strange = /[^\w.~:/?#[\]@!$&'()*+,;=%-]/;

/** @returns the URL that was meant, if only a missing scheme or a path is wrong; nothing is guessed. */
function meant(value: string): string | undefined {
  if (strange.test(value)) return undefined;
  const hasScheme = /^[a-z]+:\/\//i.test(value);
  const isLocal = /^(?:localhost|127\.0\.0\.1|\[::1\])(?:[:/]|$)/i.test(value);
  const withScheme = hasScheme ? value : `${isLocal ? 'http' : 'https'}://${value}`;
  if (!isUrl(withScheme)) return undefined;
  const { origin, hostname } = new URL(withScheme);
  // A name without a dot is not a host on the internet: it may be anything.
  if (!isLocal && !hasScheme && !hostname.includes('.')) return undefined;
  const checked = checkEnvironmentUrl(origin);
  return checked.ok ? checked.value : undefined;
}

/** docs/scalekit.md#documented-failures, 4. */
export default defineCheck({
  code: 'SKM104',
  level: 'error',
  side: 'env',
  holds: 'The environment URL has the right form',
  title: 'The environment URL has the wrong form',
  why: 'The server looks for Scalekit’s keys under this URL and finds nothing there.',
  fix: 'Set it to your environment’s URL from Scalekit’s dashboard > Settings: https:// and the host, nothing after it.',
  explains: ['SKM202', 'SKM301', 'SKM302'],
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
