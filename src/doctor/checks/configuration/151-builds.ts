import { defineCheck, withFact } from '../../check.ts';
import { found, passed } from '../../model.ts';

export default defineCheck({
  code: 'SKM151',
  level: 'error',
  side: 'code',
  holds: 'The project builds',
  title: 'The project does not build',
  why: 'The compiler refused the source, so there is no server to start.',
  fix: 'Run npm run build, and fix the first error that it prints.',
  run: ({ start }) =>
    withFact(start, ({ buildError }) =>
      buildError === undefined ? passed() : found({ subject: {}, actual: buildError }),
    ),
});
