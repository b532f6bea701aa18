import { isPlaceholder } from '../../../scalekit/index.ts';
import { defineCheck, withProject } from '../../check.ts';
import { found } from '../../model.ts';
import { placeOf } from '../../settings.ts';

/** docs/scalekit.md#documented-failures, 3. */
export default defineCheck({
  code: 'SKM103',
  level: 'error',
  side: 'env',
  holds: 'No variable holds a placeholder',
  title: 'A variable still holds the placeholder of the example',
  why: 'It was copied from a guide or from .env.example, and never filled in.',
  fix: 'Put your own value there, from Scalekit’s dashboard > MCP Servers > your server.',
  run: (facts) =>
    withProject(facts, ({ settings }) =>
      found(
        ...settings
          .filter(({ value }) => value !== '' && isPlaceholder(value))
          .map((setting) => ({ subject: placeOf(setting), actual: setting.value })),
      ),
    ),
});
